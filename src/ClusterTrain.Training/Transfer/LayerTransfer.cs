using System.Globalization;
using ClusterTrain.Numerics.Networks;

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
    /// <exception cref="TransferException">A layer that is named does not match, or none does.</exception>
    public static LayerTransfer Of(Network network, ITensorSource source, IReadOnlyList<int> layers)
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
            ? throw new TransferException($"initialization: {string.Join("; ", problems)}")
            : new([.. chosen.SelectMany(layer => layer).Select(tensor => (tensor, source.Values(tensor.Name)))]);
    }

    /// <summary>Writes the loaded layers over the drawn ones; <paramref name="parameters"/> is the flat vector.</summary>
    public void Into(Span<float> parameters)
    {
        foreach (var (target, values) in _loaded)
            values.Span.CopyTo(parameters.Slice(target.Offset, target.Length));
    }

    private static IEnumerable<string> Problems(
        IReadOnlyList<IGrouping<int, ParameterTensor>> known, int layer, ITensorSource source)
    {
        var named = known.FirstOrDefault(group => group.Key == layer);
        return named is null
            ? [$"layer {layer} has no weights; allowed: {string.Join(", ", known.Select(group => group.Key))}"]
            : named.Select(tensor => Mismatch(tensor, source)).OfType<string>();
    }

    private static string? Mismatch(ParameterTensor tensor, ITensorSource source)
    {
        if (source.ShapeOf(tensor.Name) is not { } shape)
            return $"{source.Path} has no {tensor.Name}";
        if (!shape.SequenceEqual(tensor.Shape))
            return $"{tensor.Name} is {Text(tensor.Shape)} here and {Text(shape)} in {source.Path}";
        return source.WrongType(tensor.Name) is { } wrong ? $"{tensor.Name} is {wrong} in {source.Path}; allowed: F32" : null;
    }

    private static int LayerOf(ParameterTensor tensor) =>
        int.Parse(tensor.Name.AsSpan(0, tensor.Name.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
