using System.Net;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Tests;

public sealed class AkkaNodeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Link_WorkerOnAnotherNode_SpeaksWithTheActiveServer()
    {
        var duty = new RecordingDuty();
        await using var server = TestNodes.Start(TestNodes.Server, duty, "http://127.0.0.1:5/");
        await using var node = TestNodes.Start(TestNodes.Worker(server.Address));
        using var link = node.Link("ann");
        var heard = new TaskCompletionSource<IClusterMessage>();
        link.Received = message => heard.TrySetResult(message);

        link.Send(new ClusterMessage.Join("ann", WorkerRoles.Trainer, 2, ClusterMessage.Version, 1, ""));
        TestNodes.WaitUntil(() => duty.Received.Any(message => message is ClusterMessage.Join), "the join");
        duty.Send("ann", new ClusterMessage.Begin(new RunKey("run", 3), "http://127.0.0.1:5/", "managed"));

        Assert.Equal(new ClusterMessage.Begin(new RunKey("run", 3), "http://127.0.0.1:5/", "managed"), await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal("http://127.0.0.1:5/", await node.LocateServer(Patience));
        Assert.Equal(2, server.Members.Count(member => member.IsReachable));
    }

    [Fact]
    public async Task Link_WorkersActorEnds_TheServerLosesIt()
    {
        var duty = new RecordingDuty();
        await using var server = TestNodes.Start(TestNodes.Server, duty);
        await using var node = TestNodes.Start(TestNodes.Worker(server.Address));
        var link = node.Link("ann");
        link.Send(new ClusterMessage.Join("ann", WorkerRoles.Trainer, 1, ClusterMessage.Version, 1, ""));
        TestNodes.WaitUntil(() => !duty.Received.IsEmpty, "the join");

        link.Dispose();

        TestNodes.WaitUntil(() => duty.Lost.Contains("ann"), "the loss");
    }

    [Fact]
    public async Task Leave_ActiveServer_EndsItsDutyAndTheStandByTakesOver()
    {
        var (first, second) = (new RecordingDuty(), new RecordingDuty());
        await using var active = TestNodes.Start(TestNodes.Server, first, "http://127.0.0.1:5/");
        TestNodes.WaitUntil(() => first.IsActive, "the first server");
        await using var standBy = TestNodes.Start(TestNodes.Server with { Seeds = [active.Address] }, second, "http://127.0.0.1:6/");
        await using var worker = TestNodes.Start(TestNodes.Worker(active.Address));
        TestNodes.WaitUntil(() => standBy.IsUp && worker.IsUp, "all three");
        Assert.False(second.IsActive);
        Assert.Equal("http://127.0.0.1:5/", await worker.LocateServer(Patience));
        var handedBack = false;
        active.OnLeaving(() =>
        {
            handedBack = true;
            return Task.CompletedTask;
        });

        await active.Leave();

        Assert.True(first.HasEnded);
        Assert.True(handedBack);
        Assert.True((await active.Ended).IsOrderly);
        TestNodes.WaitUntil(() => second.IsActive, "the second server");
        Assert.Equal("http://127.0.0.1:6/", await worker.LocateServer(Patience));
    }

    [Fact]
    public async Task Dismiss_OtherMembers_HandBackAndEndInOrder()
    {
        await using var server = TestNodes.Start(TestNodes.Server, new RecordingDuty());
        await using var first = TestNodes.Start(TestNodes.Worker(server.Address));
        await using var second = TestNodes.Start(TestNodes.Worker(server.Address));
        TestNodes.WaitUntil(() => server.Members.Count(member => member.Status == "Up") == 3, "all three");
        var handedBack = false;
        first.OnLeaving(() =>
        {
            handedBack = true;
            return Task.CompletedTask;
        });

        await server.Dismiss();

        Assert.True((await first.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken)).IsOrderly);
        Assert.True((await second.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken)).IsOrderly);
        Assert.True(handedBack);
        Assert.False(server.Ended.IsCompleted);
        await server.Quit();
    }

    // Nobody is put out in such a cluster: one who died holds up everyone's agreement, and with it whoever leaves. Akka gives
    // up on that after a minute.
    [Fact]
    public async Task Leave_ServerDiedWhereNobodyIsPutOut_EndsInOrderAllTheSame()
    {
        using var folder = new TemporaryFolder();
        var config = Path.Combine(folder.FullPath, "local.conf");
        await File.WriteAllTextAsync(
            config, "akka.cluster { downing-provider-class = \"\", failure-detector.acceptable-heartbeat-pause = 1s }", TestContext.Current.CancellationToken);
        await using var server = TestNodes.Start(TestNodes.Server, new RecordingDuty(), config: config);
        await using var node = TestNodes.Start(TestNodes.Worker(server.Address), config: config);
        TestNodes.WaitUntil(() => node.IsUp, "the node");
        await server.Quit();

        await node.Leave().WaitAsync(2 * Patience, TestContext.Current.CancellationToken);

        Assert.True((await node.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken)).IsOrderly);
    }

    [Fact]
    public async Task LocateServer_NobodyServes_IsNull()
    {
        await using var node = TestNodes.Start(TestNodes.Server with { Roles = ["trainer"] });

        Assert.Null(await node.LocateServer(TimeSpan.FromSeconds(1)));
    }

    // Heartbeats have a link of their own, on which no tensor rides.
    [Fact]
    public async Task Members_WhileHundredsOfMegabytesMove_AllStayWithinReach()
    {
        const int Floats = 25_000_000;
        await using var server = TestNodes.Start(TestNodes.Server, new RecordingDuty());
        await using var node = TestNodes.Start(TestNodes.Worker(server.Address));
        TestNodes.WaitUntil(() => node.IsUp, "the node");
        using var host = PlaneHost.Start(
            TestNodes.Plane, new LargeTensor(Floats), _ => { });
        using var connections = new PlaneConnections(TestNodes.Known);
        using var plane = new WorkerPlane(new Uri(host.Address), connections, TimeProvider.System);
        var target = new float[Floats];

        for (var round = 0; round < 10; round++)
        {
            Assert.Equal(PlaneOutcome.Done, plane.Get(TensorName.Whole("run", 1, 0), target));
            Assert.All(server.Members, member => Assert.True(member.IsReachable));
            Assert.All(node.Members, member => Assert.True(member.IsReachable));
        }

        Assert.Equal(Floats - 1, target[^1]);
        Assert.Equal(2, server.Members.Count);
    }

    private sealed class LargeTensor(int floats) : ITensorStore
    {
        private readonly float[] _values = [.. Enumerable.Range(0, floats).Select(index => (float)index)];
        private string? _hash;

        public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name) => (new Reading(_values, _hash ??= TensorHash.Of(_values)), PlaneOutcome.Done);

        public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) => (0, PlaneOutcome.UnknownTensor);

        public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) =>
            (null, PlaneOutcome.UnknownTensor);

        private sealed class Reading(float[] values, string hash) : ITensorReading
        {
            public ReadOnlyMemory<float> Values => values;

            public string Hash => hash;

            public void Delivered()
            {
                // Nobody counts.
            }

            public void Dispose()
            {
                // Nothing is rented.
            }
        }
    }
}
