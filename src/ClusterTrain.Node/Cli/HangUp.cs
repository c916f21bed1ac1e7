using System.Globalization;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Cli;

/// <summary>The signal of a terminal that goes away.</summary>
internal static class HangUp
{
    private const string Field = "SigIgn:";

    /// <summary>Whether this process was started so as to outlive its terminal, as <c>nohup</c> does. Known on Linux alone.</summary>
    public static bool IsIgnored()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return IsIgnoredIn(File.ReadLines("/proc/self/status"));
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return false;
        }
    }

    /// <summary>The same by the lines of a process's status: bit 0 of the mask of ignored signals is SIGHUP.</summary>
    internal static bool IsIgnoredIn(IEnumerable<string> status) =>
        status.FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
        && (mask & 1) != 0;
}
