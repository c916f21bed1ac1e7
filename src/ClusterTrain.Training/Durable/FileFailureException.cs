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

    /// <summary>The failure of one file operation: <c>cannot write PATH: reason</c>.</summary>
    public static FileFailureException For(string action, string path, Exception reason) =>
        new($"cannot {action} {path}: {reason.Message}", reason);

    /// <summary>Whether an exception is one that the file system raises: no space, no access, no such folder.</summary>
    public static bool IsFileFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
