using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Runs.Transfer;

/// <summary>The weights that <c>initialization.from</c> names, in memory.</summary>
/// <param name="Path">The file, as messages name it.</param>
/// <param name="Sha256">Of the whole file.</param>
/// <param name="File">Its tensors; those of the optimizer are passed over.</param>
/// <param name="IsTransposed">Whether weights lie in it as Keras has them.</param>
public sealed record WeightSource(string Path, string Sha256, SafetensorsFile File, bool IsTransposed = false) : ITensorSource
{
    private ForeignNames Mapped { get; } = ForeignNames.Of(File, IsTransposed);

    public IReadOnlyCollection<string> Names => Mapped.Names;

    public IReadOnlyList<int>? ShapeOf(string name) => Stored(name)?.Shape;

    public string? Unfit(string name) => Stored(name)!.Unfit();

    public ReadOnlyMemory<float> Values(string name) => Stored(name)!.Values();

    // Of a run whose model is a mean of its weights, the mean.
    private ForeignTensor? Stored(string name) => Mapped.Find(StateTensors.Average + name) ?? Mapped.Find(name);

    /// <summary>Reads what a spec starts from.</summary>
    /// <param name="spec">Its <c>from</c> is not empty.</param>
    /// <param name="path">Where that is.</param>
    /// <exception cref="CheckpointException">There is nothing to load, or it is not what <c>sha256</c> says.</exception>
    public static WeightSource Open(InitializationSpec spec, string path)
    {
        var file = Directory.Exists(path) ? ResultOf(path) : path;
        if (!System.IO.File.Exists(file))
        {
            throw new CheckpointException(
                $"initialization.from: {SpecScalar.Quote(path)} is neither a run's folder nor a file; allowed: a run's folder or a safetensors file");
        }

        try
        {
            // One open file for both passes: what was hashed is what is read.
            using var stream = System.IO.File.OpenRead(file);
            var sha256 = Sha256Hex.Of(stream);
            if (spec.Sha256.Length > 0 && sha256 != spec.Sha256)
                throw new CheckpointException($"initialization.from: {file} was changed: sha256 {sha256}, initialization.sha256 says {spec.Sha256}");
            stream.Position = 0;
            return new WeightSource(file, sha256, SafetensorsFile.Read(stream, file), spec.Transposed);
        }
        catch (Exception failure) when (failure is SafetensorsException || FileFailureException.IsFileFailure(failure))
        {
            throw new CheckpointException($"initialization.from: {failure.Message}", failure);
        }
    }

    /// <summary>The checkpoint that is a run's result: the best, or the newest when none is tracked.</summary>
    private static string ResultOf(string path)
    {
        var checkpoints = new RunFolder(path).CheckpointsPath;
        var index = CheckpointIndex.Read(System.IO.Path.Combine(checkpoints, CheckpointStore.IndexName))
            ?? throw new CheckpointException($"initialization.from: {path} is no run with a checkpoint; allowed: a run's folder or a safetensors file");
        return System.IO.Path.Combine(checkpoints, CheckpointEntry.FileOf(index.Best ?? index.Latest));
    }
}
