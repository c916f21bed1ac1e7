using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Runs.Import;

/// <summary>
/// A network that another program wrote as an ONNX model, as the layers that it is here, with its weights. A sum is a residual layer
/// over the place where its two branches part; numbers between layers become part of these, or their first one, <c>normalize</c>.
/// </summary>
public sealed class OnnxNetwork : ITensorSource
{
    private readonly IReadOnlyDictionary<string, Weight> _tensors;

    private OnnxNetwork(string path, IReadOnlyList<int> inputShape, LayerAssembly made)
    {
        (Path, InputShape, Layers, Notes, _tensors) = (path, inputShape, made.Layers, made.Notes, made.Tensors);
        Modules = [.. made.Tensors.Keys.Select(name => name[..name.LastIndexOf('.')]).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>How the name of such a file ends.</summary>
    public const string Ending = ".onnx";

    public string Path { get; }

    /// <summary>Of one row: [features], or [channels, height, width].</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>From the input to the scores.</summary>
    public IReadOnlyList<LayerDefinition> Layers { get; }

    /// <summary>What was left out, a line each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Paths of the layers with weights, in their order.</summary>
    public IReadOnlyList<string> Modules { get; }

    public IReadOnlyCollection<string> Names => [.. _tensors.Keys];

    public IReadOnlyList<int>? ShapeOf(string name) => _tensors.GetValueOrDefault(name)?.Shape;

    public string? Unfit(string name)
    {
        var values = _tensors[name].Make();
        var wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? null : $"has {(float.IsNaN(values[wrong]) ? "NaN" : "a number that is not finite")} at element {wrong}";
    }

    public ReadOnlyMemory<float> Values(string name) => _tensors[name].Make();

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImportException">It is no such model, or has what no layer here does: file, node and what is allowed are named.</exception>
    /// <exception cref="FileFailureException">It cannot be read.</exception>
    public static OnnxNetwork Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read", path, failure);
        }
    }

    /// <summary>The same from a file that is open.</summary>
    /// <exception cref="ImportException">It cannot be read.</exception>
    public static OnnxNetwork Read(Stream stream, string path)
    {
        var length = stream.Length - stream.Position;
        if (length > Array.MaxLength) throw new ImportException($"{path}: {length} bytes are more than an ONNX file has, 2 GiB");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Of(bytes, path);
    }

    /// <summary>The same from a file's bytes.</summary>
    /// <param name="path">As messages name it.</param>
    /// <exception cref="ImportException">It cannot be read.</exception>
    public static OnnxNetwork Of(ReadOnlyMemory<byte> file, string path)
    {
        try
        {
            var flow = GraphReading.Of(OnnxModel.Of(file), path);
            var steps = new List<Step>();
            var at = flow;
            for (; at.Step is { } step; at = at.Previous!) steps.Add(step);
            steps.Reverse();
            var made = LayerAssembly.Of(path, at.Shape, steps);
            // Numbers that many layers share are written once and would be kept as often as they are used.
            var floats = made.Tensors.Values.Sum(weight => (long)weight.Count);
            return floats <= file.Length ? new OnnxNetwork(path, at.Shape, made)
                : throw new ImportException($"{path}: its layers share their numbers: {file.Length} bytes make {floats} weights; allowed: weights of each layer's own");
        }
        catch (InvalidDataException damaged)
        {
            throw new ImportException($"{path}: {damaged.Message}");
        }
    }
}
