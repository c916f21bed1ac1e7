using ClusterTrain.Numerics.Products;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Sessions;

/// <summary>With what the run of a folder was computed, as its checkpoints remember it.</summary>
public static class RecordedMath
{
    /// <returns>Null when no checkpoint says: then nothing of the run is left that another backend could contradict.</returns>
    public static MathIdentity? Of(RunFolder folder, RunSpec spec)
    {
        try
        {
            var store = new CheckpointStore(folder.CheckpointsPath, SpecHash.Of(spec), spec.Checkpoints.Keep);
            if (store.Index() is null) return null;
            var content = store.TryLoadLatestGood().Checkpoint;
            return content is null ? null : ProgressText.FromMetadata(content.RunState, content.Step).Math;
        }
        catch (Exception failure) when (failure is CheckpointException or FileFailureException)
        {
            return null; // whoever needs the checkpoints will say what is wrong with them
        }
    }
}
