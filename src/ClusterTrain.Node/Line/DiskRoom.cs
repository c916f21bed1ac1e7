using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Line;

/// <summary>Whether there is room on the disk of a folder.</summary>
internal static class DiskRoom
{
    private const long Least = 1 << 20;
    private const string ProbeName = ".room";

    /// <summary>What a run writes before it is further than it was, in bytes: a checkpoint beside the last one, and its ledger anew.</summary>
    public static long Needed(RunFolder run)
    {
        try
        {
            var ledger = new FileInfo(run.LedgerPath);
            var checkpoints = Directory.Exists(run.CheckpointsPath) ? new DirectoryInfo(run.CheckpointsPath).GetFiles() : [];
            return Least + (ledger.Exists ? ledger.Length : 0) + checkpoints.Select(file => file.Length).DefaultIfEmpty(0).Max();
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return Least;
        }
    }

    /// <summary>Whether so many bytes can be had, as a file that is made and removed again finds.</summary>
    public static bool Has(string folder, long bytes)
    {
        try
        {
            using var probe = new FileStream(Path.Combine(folder, ProbeName), new FileStreamOptions
            {
                Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.DeleteOnClose, PreallocationSize = bytes,
            });
            return true;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return false;
        }
    }
}
