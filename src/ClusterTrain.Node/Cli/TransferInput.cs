using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Transfer;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Node.Cli;

/// <summary>The weights that a spec starts from.</summary>
internal static class TransferInput
{
    /// <summary>
    /// Reads them and writes into the spec which file that was and where it lies, so that its run can be resumed and
    /// verified from any folder and no other file can take its place. Without a transfer the spec stays as it is.
    /// </summary>
    /// <exception cref="CheckpointException">There is nothing to load, or it was changed.</exception>
    public static (RunSpec Spec, ITensorSource? Source) Open(Surroundings surroundings, RunSpec spec)
    {
        if (!spec.Initialization.IsTransfer) return (spec, null);
        var path = surroundings.PathOf(spec.Initialization.From);
        var source = WeightSource.Open(spec.Initialization, path);
        return (spec with { Initialization = spec.Initialization with { From = path, Sha256 = source.Sha256 } }, source.Tensors);
    }
}
