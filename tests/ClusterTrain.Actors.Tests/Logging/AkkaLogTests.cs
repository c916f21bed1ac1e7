using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using ClusterTrain.Actors.Logging;

namespace ClusterTrain.Actors.Tests.Logging;

public sealed class AkkaLogTests : IDisposable
{
    private readonly RecordingLog _log = new();
    private readonly ActorSystem _system;

    public AkkaLogTests() => _system = ActorSystem.Create("logs", ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig($"akka {{ stdout-loglevel = OFF, loggers = [\"{typeof(AkkaLogActor).FullName}, {typeof(AkkaLogActor).Assembly.GetName().Name}\"] }}"),
        new LogSetup(_log)));

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Log_TheSameOverAndOver_IsSaidOnce()
    {
        for (var number = 1; number <= 5; number++) Error("akka://logs/system/cluster/sender", $"Heartbeat was sent [{1000 + number}.5] ms ago");
        Error("akka://logs/system/cluster/sender", "Something else");
        Error("akka://logs/user/other", "Heartbeat was sent [7] ms ago");

        Assert.Equal(
            ["akka: sender: Heartbeat was sent [1001.5] ms ago", "akka: sender: Something else", "akka: other: Heartbeat was sent [7] ms ago"], Said());
    }

    // A link to a node that stands still fails every few seconds, for as long as it stands still.
    [Theory]
    [InlineData("akka://logs/system/endpointManager/reliableEndpointWriter-1", "AssociationError")]
    [InlineData("akka://logs/system/transports/akkaprotocolmanager.tcp.0/akkaProtocol-tcp-4", "No response from remote")]
    [InlineData("remoting (akka://logs)", "Tried to associate with unreachable remote address")]
    [InlineData("akka://logs/system/cluster/core/daemon", "Cluster Node [a] - Marking node(s) as UNREACHABLE [b]. Node roles []")]
    [InlineData("Akka.Remote.PhiAccrualFailureDetector", "heartbeat interval is growing too large for address a: 2116 millis")]
    public void Log_NodeThatDoesNotAnswer_IsLeftToWhoSaysSoOnce(string source, string text)
    {
        Error(source, text);

        Assert.Empty(Said());
    }

    private void Error(string source, string text) =>
        _system.EventStream.Publish(new Error(null, source, typeof(AkkaLogTests), text));

    private List<string> Said()
    {
        const string last = "akka: last: the last one";
        Error("akka://logs/user/last", "the last one");
        TestNodes.WaitUntil(() => _log.Lines.Contains(last), "the last line");
        return [.. _log.Lines.Where(line => line != last)];
    }
}
