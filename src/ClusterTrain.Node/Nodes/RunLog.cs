using System.Globalization;
using System.Text;
using ClusterTrain.Training.Durable;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>What is said of a run goes to the node's log and into the run's folder, where it can be read from anywhere.</summary>
/// <param name="node">The node's log.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="time">The clock.</param>
internal sealed class RunLog(ILogger node, string folder, TimeProvider time) : ILogger
{
    public const string FileName = "messages.log";

    // A cluster whose workers come and go for weeks shall not fill the disk with it.
    private const long MostBytes = 16 << 20;

    private readonly Lock _gate = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        node.Log(logLevel, eventId, state, exception, formatter);
        if (logLevel < LogLevel.Information) return;
        var grave = logLevel switch { LogLevel.Warning => "warning: ", >= LogLevel.Error => "error: ", _ => "" };
        var text = formatter(state, exception).ReplaceLineEndings(" ");
        lock (_gate) Append(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {grave}{text}\n"));
    }

    private void Append(string line)
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            if (file.Length < MostBytes) file.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            // The node's log has it; a message that cannot be kept is no reason to end a run.
        }
    }
}
