using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Line;

/// <summary>Whether there is room on the disk of a folder.</summary>
internal static class DiskRoom
{
    private const long Least = 1 << 20;
    private const string ProbeName = ".room";

    // ENOSPC, EDQUOT (Linux, macOS); ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Whether something failed because a disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception failure) => failure switch
    {
        AggregateException all => all.InnerExceptions.Any(IsFull),
        IOException io when Array.IndexOf(Full, io.HResult) >= 0 => true,
        _ => failure.InnerException is { } inner && IsFull(inner),
    };

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
