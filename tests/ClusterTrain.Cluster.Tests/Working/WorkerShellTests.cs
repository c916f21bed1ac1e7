using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;

namespace ClusterTrain.Cluster.Tests.Working;

public sealed class WorkerShellTests
{
    // A worker that waited for news first would leave without having said who it is.
    [Fact]
    public void Run_StoppedBeforeItBegins_HasSaidWhoItIs()
    {
        using var link = new RecordingLink();
        var settings = new WorkerSettings
        {
            Name = "worker-1",
            Connect = _ => throw new InvalidOperationException("no run was given"),
            Load = (_, _) => throw new InvalidOperationException("no run was given"),
        };
        using var shell = new WorkerShell(settings, link);

        var refusal = shell.Run(new CancellationToken(canceled: true));

        Assert.Null(refusal);
        Assert.Collection(
            link.Said,
            first => Assert.Equal("worker-1", Assert.IsType<ClusterMessage.Join>(first).Worker),
            last => Assert.Equal(new ClusterMessage.Leave("worker-1"), last));
    }

    private sealed class RecordingLink : IServerLink
    {
        public List<IClusterMessage> Said { get; } = [];

        public Action<IClusterMessage>? Received { get; set; }

        public void Send(IClusterMessage message) => Said.Add(message);

        public void Dispose()
        {
            // Nothing is open.
        }
    }
}
