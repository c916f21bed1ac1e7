using System.Globalization;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Transfer;

/// <summary>
/// Which tensors of a network start from another run's, worked out and checked. A layer is loaded whole or not at all:
/// weight and bias belong together.
/// </summary>
public sealed class LayerTransfer
{
    private static readonly string[] RunParts = ["previous.", "average.", "optimizer."];

    private readonly IReadOnlyList<(ParameterTensor Target, ReadOnlyMemory<float> Values)> _loaded;

    private LayerTransfer(
        IReadOnlyList<(ParameterTensor, ReadOnlyMemory<float>)> loaded, string path, IReadOnlyList<string> drawn, IReadOnlyList<string> unused)
    {
        _loaded = loaded;
        (Path, Drawn, Unused) = (path, drawn, unused);
    }

    /// <summary>Where the loaded ones come from.</summary>
    public string Path { get; }

    /// <summary>Tensors of the network that keep what was drawn, each with the reason.</summary>
    public IReadOnlyList<string> Drawn { get; }

    /// <summary>Tensors of the file that nothing took.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>Names of the tensors that are loaded.</summary>
    public IReadOnlyList<string> Names => [.. _loaded.Select(pair => pair.Target.Name)];

    /// <summary>Finds the layers to load.</summary>
    /// <param name="spec">Which layers, and what the file calls them; of layers that are asked for every one has to match.</param>
    /// <exception cref="TransferException">A layer that was asked for does not match, or none does.</exception>
    public static LayerTransfer Of(Network network, ITensorSource source, InitializationSpec spec)
    {
        // What normalize subtracts and divides by is said by the spec, and nothing that other programs would write.
        List<ParameterTensor> tensors = [.. network.Tensors.Where(tensor => !IsGiven(tensor) || source.ShapeOf(tensor.Name) is not null)];
        var (layers, known) = (spec.Layers, tensors.GroupBy(LayerOf).ToList());
        var names = NamesIn(network, source, spec.Modules);
        var mismatches = tensors.Select(tensor => (Tensor: tensor, Why: Mismatch(tensor, names, source))).ToList();
        var problems = layers.Count > 0
            ? layers.Distinct().SelectMany(layer => Problems(known, layer, names, source)).ToList()
            : spec.Partial ? [] : mismatches.Select(pair => pair.Why).OfType<string>().ToList();
        var chosen = known
            .Where(layer => layers.Count == 0 || layers.Contains(layer.Key))
            .Where(layer => layer.All(tensor => Mismatch(tensor, names, source) is null)).SelectMany(layer => layer).ToList();
        if (chosen.Count == 0 && (problems.Count == 0 || layers.Count == 0))
        {
            problems = [$"no layer matches {source.Path}: {string.Join("; ", mismatches.Select(pair => pair.Why).OfType<string>())}"];
        }
        else if (problems.Count > 0 && layers.Count == 0)
        {
            problems.Add("name the layers to load with initialization.layers, or set initialization.partial: true to draw the others");
        }

        if (problems.Count > 0) throw new TransferException($"initialization: {string.Join("; ", problems)}");
        var taken = chosen.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. chosen.Select(tensor => (tensor, source.Values(names(tensor))))],
            source.Path,
            [.. mismatches.Where(pair => !taken.Contains(pair.Tensor.Name)).Select(pair => pair.Why ?? $"{pair.Tensor.Name} was not asked for, or belongs to a layer that does not match")],
            [.. source.Names.Except(chosen.Select(names), StringComparer.Ordinal).Where(name => !IsOfARun(name)).Order(StringComparer.Ordinal)]);
    }

    /// <summary>What was loaded, what not and why, a line each.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"initialization: loaded {(Drawn.Count == 0 ? $"all {Names.Count} tensors" : string.Join(", ", Names))} from {Path}";
        if (Drawn.Count > 0) yield return $"initialization: drawn and not loaded: {string.Join("; ", Drawn)}";
        if (Unused.Count > 0) yield return $"initialization: not taken of the file: {string.Join(", ", Unused)}";
    }

    /// <summary>Writes the loaded layers over the drawn ones; <paramref name="parameters"/> is the flat vector.</summary>
    public void Into(Span<float> parameters)
    {
        foreach (var (target, values) in _loaded)
            values.Span.CopyTo(parameters.Slice(target.Offset, target.Length));
    }

    private static IEnumerable<string> Problems(
        IReadOnlyList<IGrouping<int, ParameterTensor>> known, int layer, Func<ParameterTensor, string> names, ITensorSource source)
    {
        var named = known.FirstOrDefault(group => group.Key == layer);
        return named is null
            ? [$"layer {layer} has no weights; allowed: {string.Join(", ", known.Select(group => group.Key))}"]
            : named.Select(tensor => Mismatch(tensor, names, source)).OfType<string>();
    }

    private static string? Mismatch(ParameterTensor tensor, Func<ParameterTensor, string> names, ITensorSource source)
    {
        var name = names(tensor);
        var here = name == tensor.Name ? name : $"{tensor.Name} ({name} there)";
        if (source.ShapeOf(name) is not { } shape)
            return $"{source.Path} has no {name}";
        if (!shape.SequenceEqual(tensor.Shape))
            return $"{here} is {Text(tensor.Shape)} here and {Text(shape)} in {source.Path}";
        return source.Unfit(name) is { } unfit ? $"{here} {unfit} in {source.Path}" : null;
    }

    // Names of the file's own for layers with weights, in the order of the network's.
    private static Func<ParameterTensor, string> NamesIn(Network network, ITensorSource source, string modules)
    {
        string[] theirs = modules.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var areNamed = theirs.Length > 0;
        if (!areNamed) theirs = [.. source.Modules];
        if (theirs.Length == 0) return tensor => tensor.Name;
        string[] ours = [.. network.Tensors.Where(tensor => !IsGiven(tensor)).Select(tensor => PathOf(tensor.Name)).Distinct(StringComparer.Ordinal)];
        if (theirs.Length != ours.Length)
        {
            throw new TransferException(
                (areNamed ? $"initialization.modules: {theirs.Length} names" : $"initialization: {source.Path} has {theirs.Length} layers with weights ({string.Join(", ", theirs)})")
                + $", but the network has {ours.Length} layers with weights: {string.Join(", ", ours)}");
        }

        var of = ours.Zip(theirs).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return tensor => of.GetValueOrDefault(PathOf(tensor.Name), PathOf(tensor.Name)) + tensor.Name[PathOf(tensor.Name).Length..];
    }

    private static bool IsGiven(ParameterTensor tensor) =>
        tensor.Name.EndsWith(".mean", StringComparison.Ordinal) || tensor.Name.EndsWith(".deviation", StringComparison.Ordinal);

    private static string PathOf(string name) => name[..name.LastIndexOf('.')];

    // What a checkpoint holds beside its model.
    private static bool IsOfARun(string name) => RunParts.Any(part => name.StartsWith(part, StringComparison.Ordinal));

    private static int LayerOf(ParameterTensor tensor) =>
        int.Parse(tensor.Name.AsSpan(0, tensor.Name.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
