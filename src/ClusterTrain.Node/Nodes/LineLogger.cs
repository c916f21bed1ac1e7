using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>A line for each event: the time of day (UTC), how grave it is when it is grave, and what happened.</summary>
/// <param name="output">For what is as it should be.</param>
/// <param name="error">For warnings and errors.</param>
/// <param name="time">The clock.</param>
/// <param name="least">What is less grave is left out.</param>
internal sealed class LineLogger(TextWriter output, TextWriter error, TimeProvider time, LogLevel least = LogLevel.Information) : ILogger
{
    private readonly Lock _gate = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var grave = logLevel switch { LogLevel.Warning => "warning: ", >= LogLevel.Error => "error: ", _ => "" };
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {grave}{formatter(state, exception)}");
        lock (_gate) (logLevel >= LogLevel.Warning ? error : output).WriteLine(line);
    }
}
