using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Import;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Runs.Transfer;

/// <summary>The weights that <c>initialization.from</c> names, in memory.</summary>
/// <param name="Sha256">Of the whole file.</param>
/// <param name="Tensors">What it holds; of a checkpoint, what is no model's is passed over.</param>
public sealed record WeightSource(string Sha256, ITensorSource Tensors)
{
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
                $"initialization.from: {SpecScalar.Quote(path)} is neither a run's folder nor a file; allowed: a run's folder, or a safetensors or ONNX file");
        }

        if (IsOnnx(file) && spec.Transposed)
        {
            throw new CheckpointException(
                $"initialization.transposed: {file} is an ONNX model, whose operators say how their weights lie; leave the key out");
        }

        try
        {
            // One open file for both passes: what was hashed is what is read.
            using var stream = System.IO.File.OpenRead(file);
            var sha256 = Sha256Hex.Of(stream);
            if (spec.Sha256.Length > 0 && sha256 != spec.Sha256)
                throw new CheckpointException($"initialization.from: {file} was changed: sha256 {sha256}, initialization.sha256 says {spec.Sha256}");
            stream.Position = 0;
            return new WeightSource(sha256, IsOnnx(file)
                ? OnnxNetwork.Read(stream, file) : new SafetensorsSource(file, SafetensorsFile.Read(stream, file), spec.Transposed));
        }
        catch (Exception failure) when (failure is SafetensorsException or ImportException || FileFailureException.IsFileFailure(failure))
        {
            throw new CheckpointException($"initialization.from: {failure.Message}", failure);
        }
    }

    private static bool IsOnnx(string file) => file.EndsWith(OnnxNetwork.Ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>The checkpoint that is a run's result: the best, or the newest when none is tracked.</summary>
    private static string ResultOf(string path)
    {
        var checkpoints = new RunFolder(path).CheckpointsPath;
        var index = CheckpointIndex.Read(System.IO.Path.Combine(checkpoints, CheckpointStore.IndexName))
            ?? throw new CheckpointException($"initialization.from: {path} is no run with a checkpoint; allowed: a run's folder or a safetensors file");
        return System.IO.Path.Combine(checkpoints, CheckpointEntry.FileOf(index.Best ?? index.Latest));
    }
}
