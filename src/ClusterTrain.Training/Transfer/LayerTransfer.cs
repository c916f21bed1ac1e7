using System.Globalization;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Checkpoints;
using ClusterTrain.Training.Safetensors;

namespace ClusterTrain.Training.Transfer;

/// <summary>
/// Which tensors of a network start from another run's, worked out and checked. A layer is loaded whole or not at all:
/// weight and bias belong together.
/// </summary>
public sealed class LayerTransfer
{
    private readonly IReadOnlyList<(ParameterTensor Target, ReadOnlyMemory<float> Values)> _loaded;

    private LayerTransfer(IReadOnlyList<(ParameterTensor, ReadOnlyMemory<float>)> loaded) => _loaded = loaded;

    /// <summary>Names of the tensors that are loaded.</summary>
    public IReadOnlyList<string> Names => [.. _loaded.Select(pair => pair.Target.Name)];

    /// <summary>Finds the layers to load.</summary>
    /// <param name="layers">Their places in the list; none means all whose tensors match by name and shape.</param>
    /// <exception cref="CheckpointException">A layer that is named does not match, or none does.</exception>
    public static LayerTransfer Of(Network network, WeightSource source, IReadOnlyList<int> layers)
    {
        var known = network.Tensors.GroupBy(LayerOf).ToList();
        var problems = layers.Count == 0
            ? []
            : layers.Distinct().SelectMany(layer => Problems(known, layer, source)).ToList();
        var chosen = known
            .Where(layer => layers.Count == 0 || layers.Contains(layer.Key))
            .Where(layer => layer.All(tensor => Mismatch(tensor, source) is null)).ToList();
        if (problems.Count == 0 && chosen.Count == 0)
        {
            problems.Add($"no layer matches {source.Path}: "
                + string.Join("; ", network.Tensors.Select(tensor => Mismatch(tensor, source)).OfType<string>()));
        }

        return problems.Count > 0
            ? throw new CheckpointException($"initialization: {string.Join("; ", problems)}")
            : new([.. chosen.SelectMany(layer => layer).Select(tensor => (tensor, source.File.Typed<float>(tensor.Name).Data))]);
    }

    /// <summary>Writes the loaded layers over the drawn ones; <paramref name="parameters"/> is the flat vector.</summary>
    public void Into(Span<float> parameters)
    {
        foreach (var (target, values) in _loaded)
            values.Span.CopyTo(parameters.Slice(target.Offset, target.Length));
    }

    private static IEnumerable<string> Problems(
        IReadOnlyList<IGrouping<int, ParameterTensor>> known, int layer, WeightSource source)
    {
        var named = known.FirstOrDefault(group => group.Key == layer);
        return named is null
            ? [$"layer {layer} has no weights; allowed: {string.Join(", ", known.Select(group => group.Key))}"]
            : named.Select(tensor => Mismatch(tensor, source)).OfType<string>();
    }

    private static string? Mismatch(ParameterTensor tensor, WeightSource source)
    {
        if (!source.File.Contains(tensor.Name))
            return $"{source.Path} has no {tensor.Name}";
        if (!source.File.Shape(tensor.Name).SequenceEqual(tensor.Shape))
            return $"{tensor.Name} is {Text(tensor.Shape)} here and {Text(source.File.Shape(tensor.Name))} in {source.Path}";
        var stored = source.File.Tensors.First(other => other.Name == tensor.Name);
        return stored.Type == ElementType.F32 ? null : $"{tensor.Name} is {stored.Type} in {source.Path}; allowed: F32";
    }

    private static int LayerOf(ParameterTensor tensor) =>
        int.Parse(tensor.Name.AsSpan(0, tensor.Name.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
