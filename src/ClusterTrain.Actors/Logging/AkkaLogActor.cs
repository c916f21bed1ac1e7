using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Logging;

/// <summary>
/// Akka's own messages, a line each. What its links say when the other side dies is left out: the coordinator says who is
/// out of reach.
/// </summary>
internal sealed class AkkaLogActor : ReceiveActor
{
    private const int MostLength = 300;
    private static readonly string[] Links = ["endpointManager", "akkaProtocol", "TcpTransport"];
    private readonly ILogger? _log = Context.System.Settings.Setup.Get<LogSetup>() is { HasValue: true } setup ? setup.Value.Log : null;

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
        var text = cause.ReplaceLineEndings(" ");
        if (text.Length > MostLength) text = text[..MostLength] + " ...";
        var source = what.LogSource[(what.LogSource.LastIndexOf('/') + 1)..];
        if (what.LogLevel() == Akka.Event.LogLevel.ErrorLevel) ActorsLog.AkkaFails(_log, source, text);
        else if (what.LogLevel() == Akka.Event.LogLevel.WarningLevel) ActorsLog.AkkaWarns(_log, source, text);
        else ActorsLog.AkkaSays(_log, source, text);
    }
}
