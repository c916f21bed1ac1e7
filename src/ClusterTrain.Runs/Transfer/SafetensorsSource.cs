using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Runs.Transfer;

/// <summary>The tensors of a safetensors file, a checkpoint's or another program's.</summary>
/// <param name="path">The file, as messages name it.</param>
/// <param name="isTransposed">Whether weights lie in it as Keras has them.</param>
internal sealed class SafetensorsSource(string path, SafetensorsFile file, bool isTransposed) : ITensorSource
{
    private readonly ForeignNames _mapped = ForeignNames.Of(file, isTransposed);

    public string Path { get; } = path;

    public IReadOnlyCollection<string> Names => _mapped.Names;

    public IReadOnlyList<int>? ShapeOf(string name) => Stored(name)?.Shape;

    public string? Unfit(string name) => Stored(name)!.Unfit();

    public ReadOnlyMemory<float> Values(string name) => Stored(name)!.Values();

    // Of a run whose model is a mean of its weights, the mean.
    private ForeignTensor? Stored(string name) => _mapped.Find(StateTensors.Average + name) ?? _mapped.Find(name);
}
