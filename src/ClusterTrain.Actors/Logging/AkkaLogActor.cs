using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Logging;

/// <summary>
/// Akka's own messages, a line each. What its links say when the other side dies or stands still is left out, and so is what the
/// cluster says of it: the coordinator says who is out of reach, who is back and who was put out. What is said over and over, as by
/// the heartbeats of a machine that is too busy, is said now and then, with how often.
/// </summary>
internal sealed class AkkaLogActor : ReceiveActor
{
    /// <summary>Time in which a message is not said again.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private const int MostLength = 300;
    private const int MostKinds = 200;
    private static readonly string[] Links = ["endpointManager", "akkaProtocol", "TcpTransport"];
    private static readonly string[] SaidByCoordinator = ["Marking node(s) as", "heartbeat interval is growing too large"];
    private readonly ILogger? _log = Context.System.Settings.Setup.Get<LogSetup>() is { HasValue: true } setup ? setup.Value.Log : null;
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);

    public AkkaLogActor()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private void Write(LogEvent what)
    {
        if (_log is null || Links.Any(link => what.LogSource.Contains(link, StringComparison.Ordinal))
            || what.LogSource.StartsWith("remoting", StringComparison.Ordinal)) return;
        var cause = what.Cause is { } failure ? $"{what.Message}: {failure.Message}" : $"{what.Message}";
        if (SaidByCoordinator.Any(said => cause.Contains(said, StringComparison.Ordinal))) return;
        if (CountOfRepeats(what) is not { } times) return;
        var text = cause.ReplaceLineEndings(" ");
        if (text.Length > MostLength) text = text[..MostLength] + " ...";
        if (times > 0) text += $" ({times} more like it since the last time)";
        var source = what.LogSource[(what.LogSource.LastIndexOf('/') + 1)..];
        if (what.LogLevel() == Akka.Event.LogLevel.ErrorLevel) ActorsLog.AkkaFails(_log, source, text);
        else if (what.LogLevel() == Akka.Event.LogLevel.WarningLevel) ActorsLog.AkkaWarns(_log, source, text);
        else ActorsLog.AkkaSays(_log, source, text);
    }

    // How many of its kind were not said since the last one that was; null where this one is not to be said either. Of a kind is
    // what differs in numbers alone: times, addresses, counts.
    private int? CountOfRepeats(LogEvent what)
    {
        var kind = $"{what.LogLevel()} {what.LogSource} {new string([.. $"{what.Message}".Where(letter => !char.IsDigit(letter)).Take(120)])}";
        var now = _clock.MonotonicClock;
        if (_said.TryGetValue(kind, out var before) && now - before.At < Silence)
        {
            _said[kind] = before with { More = before.More + 1 };
            return null;
        }

        if (_said.Count >= MostKinds) _said.Clear();
        _said[kind] = new Said(now, 0);
        return before?.More ?? 0;
    }

    private sealed record Said(TimeSpan At, int More);
}
