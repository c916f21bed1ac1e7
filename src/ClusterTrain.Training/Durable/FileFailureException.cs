namespace ClusterTrain.Training.Durable;

/// <summary>
/// A file or folder could not be written or read, or does not hold what it is wanted for. The message is one line for the user: what was tried,
/// where, why it failed and, where there is a choice, what to do.
/// </summary>
public sealed class FileFailureException : Exception
{
    public FileFailureException(string message)
        : base(OneLine(message))
    {
    }

    public FileFailureException(string message, Exception inner)
        : base(OneLine(message), inner)
    {
    }

    // ENOSPC, EDQUOT (Linux, macOS); ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>The failure of one file operation: <c>cannot write PATH: reason</c>, and what to do where that is known.</summary>
    public static FileFailureException For(string action, string path, Exception reason) => IsFull(reason)
        ? new($"the disk is full: cannot {action} {path}; make room there, then do the same again (train: with --resume)", reason)
        : new($"cannot {action} {path}: {reason.Message}", reason);

    /// <summary>Whether something failed because a disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception failure) => failure switch
    {
        AggregateException all => all.InnerExceptions.Any(IsFull),
        IOException io when Array.IndexOf(Full, io.HResult) >= 0 => true,
        _ => failure.InnerException is { } inner && IsFull(inner),
    };

    /// <summary>Whether an exception is one that the file system raises: no space, no access, no such folder.</summary>
    public static bool IsFileFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
