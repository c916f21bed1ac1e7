using System.Net;
using System.Net.Sockets;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Tests.Membership;

/// <summary>
/// Orders in which nodes of this process die and return, with short times. A node that dies says nothing to anybody; it comes
/// back at its old port.
/// </summary>
public sealed class HealingTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();
    private readonly List<AkkaNode> _nodes = [];
    private readonly RecordingLog _log = new();
    private readonly string _config;

    public HealingTests()
    {
        _config = _folder["fast.conf"];
        File.WriteAllText(_config, """
            akka.remote { retry-gate-closed-for = 200ms, dot-netty.tcp.connection-timeout = 700ms }
            akka.cluster {
              gossip-interval = 100ms
              leader-actions-interval = 100ms
              failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s }
              unreachable-nodes-reaper-interval = 200ms
              split-brain-resolver.stable-after = 500ms
              down-removal-margin = 200ms
              healing { look = 200ms, without-server = 1s, found-after = 500ms }
            }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.Quit()));
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnlyServer_DiesAndReturns_ItsWorkersFindIt(bool afterTheyGaveUp)
    {
        var port = FreePort();
        var server = Server([port], port);
        var workers = new[] { Worker(port), Worker(port) };
        WaitUntilOne([server.Node, .. workers]);
        await server.Node.Quit();
        TestNodes.WaitUntil(() => workers.All(worker => !worker.SeesServer), "workers without a server in sight");
        if (afterTheyGaveUp) TestNodes.WaitUntil(() => workers.All(worker => worker.Members.Count == 0), "workers to leave");

        var again = Server([port], port);

        WaitUntilOne([again.Node, .. workers]);
        Assert.True(again.Duty.IsActive);
        Assert.All(workers, worker => Assert.False(worker.Ended.IsCompleted));
    }

    [Fact]
    public async Task FirstServer_ReturnsAfterAStandByTookOver_JoinsItAndServesNothing()
    {
        var port = FreePort();
        var first = Server([port], port);
        var standBy = Server([port]);
        var workers = new[] { Worker(port), Worker(port) };
        WaitUntilOne([first.Node, standBy.Node, .. workers]);
        await first.Node.Quit();
        TestNodes.WaitUntil(() => standBy.Duty.IsActive, "the takeover");

        var again = Server([port], port);

        WaitUntilOne([again.Node, standBy.Node, .. workers]);
        Assert.True(standBy.Duty.IsActive);
        Assert.False(again.Duty.IsActive);
    }

    [Fact]
    public void SecondSeed_ComesWithoutTheFirst_FoundsAndTheFirstJoinsItLater()
    {
        var (first, second) = (FreePort(), FreePort());
        var worker = Worker(first, second);
        var server = Server([first, second], second);
        WaitUntilOne([server.Node, worker]);

        var late = Server([first, second], first);

        WaitUntilOne([late.Node, server.Node, worker]);
        Assert.True(server.Duty.IsActive);
        Assert.False(late.Duty.IsActive);
    }

    // Two that know nothing of each other until somebody comes who knows both.
    [Fact]
    public void TwoClusters_ThatMeet_BecomeTheLargerOne()
    {
        var (small, large) = (FreePort(), FreePort());
        var island = Server([small], small);
        var server = Server([large], large);
        var worker = Worker(large);
        WaitUntilOne([server.Node, worker]);
        WaitUntilOne([island.Node]);

        var introducer = Worker(small, large);

        WaitUntilOne([island.Node, server.Node, worker, introducer]);
        Assert.True(server.Duty.IsActive);
        Assert.False(island.Duty.IsActive);
    }

    [Fact]
    public async Task Worker_PutOutByTheOthers_ComesBackAndItsLinkWithIt()
    {
        var port = FreePort();
        var server = Server([port], port);
        var worker = Worker(port);
        WaitUntilOne([server.Node, worker]);
        using var link = worker.Link("ann");
        var heard = new TaskCompletionSource<IClusterMessage>();
        link.Received = message => heard.TrySetResult(message);
        link.Send(Join);
        TestNodes.WaitUntil(() => !server.Duty.Received.IsEmpty, "the join");

        server.Node.PutOut("ann");

        TestNodes.WaitUntil(() => server.Duty.Lost.Contains("ann"), "the loss");
        WaitUntilOne([server.Node, worker]);
        Assert.False(worker.Ended.IsCompleted);
        link.Send(Join);
        TestNodes.WaitUntil(() => server.Duty.Received.Count > 1, "the second join");
        server.Duty.Send("ann", new ClusterMessage.Refuse("x"));
        Assert.Equal(new ClusterMessage.Refuse("x"), await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Leave_NodeThatFindsNoCluster_EndsInOrder()
    {
        var worker = Worker(FreePort());

        await worker.Leave().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True((await worker.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken)).IsOrderly);
    }

    [Fact]
    public void Start_PortOfAnotherNode_IsRefusedAndTheOtherOneStays()
    {
        var port = FreePort();
        var server = Server([port], port);
        WaitUntilOne([server.Node]);

        var refusal = Assert.Throws<IOException>(() => Server([port], port));

        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
        Assert.True(server.Node.IsUp);
    }

    [Fact]
    public void Start_ServerAndWorker_NobodyMissesTheServerBeforeTheTime()
    {
        var port = FreePort();
        var worker = Worker(port);
        var server = Server([port], port);

        WaitUntilOne([server.Node, worker]);

        Assert.DoesNotContain(_log.Lines, line => line.Contains("singleton", StringComparison.OrdinalIgnoreCase));
    }

    private static ClusterMessage.Join Join { get; } = new("ann", WorkerRoles.Trainer, 1, ClusterMessage.Version, 1, "");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WaitUntilOne(IReadOnlyList<AkkaNode> nodes) => TestNodes.WaitUntil(
        () => nodes.All(node => node.SeesServer && node.Members.Count == nodes.Count
            && node.Members.All(member => member is { Status: "Up", IsReachable: true })),
        $"one cluster of {nodes.Count} nodes");

    private (AkkaNode Node, RecordingDuty Duty) Server(int[] seeds, int port = 0)
    {
        var duty = new RecordingDuty();
        return (Start(TestNodes.Server with { Seeds = [.. seeds.Select(seed => $"127.0.0.1:{seed}")], RemotingPort = port }, duty), duty);
    }

    private AkkaNode Worker(params int[] seeds) => Start(
        TestNodes.Worker("") with { Seeds = [.. seeds.Select(seed => $"127.0.0.1:{seed}")] }, null);

    private AkkaNode Start(NodeSettings settings, RecordingDuty? duty)
    {
        var node = TestNodes.Start(settings, duty, config: _config, log: _log);
        _nodes.Add(node);
        return node;
    }
}
