using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Nodes die and return, in orders in which a cluster does not come together by itself.</summary>
[Collection(ClusterTests.OfServers)]
public sealed class HealingTests : IDisposable
{
    private const string Worker = "trainer,adversary";
    private static readonly string[] Long = ["--set", "epochs=40", "--set", "evaluation.everyEpochs=20", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly List<NodeGroup> _groups = [];

    public HealingTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose()
    {
        _groups.ForEach(group => group.Dispose());
        _shell.Dispose();
    }

    [Fact]
    public void OnlyServer_KilledAndBack_ItsWorkersGoOnToTheSameBits()
    {
        var nodes = Group(seeds: 1);
        var started = nodes.Start(NodeSettings.Server, Worker, Worker);
        var (server, workers) = (started[0], started.Skip(1).ToList());
        var run = nodes.Submit(server, "tiny.yaml", Long);
        server.WaitUntil(() => nodes.StepsOf(run) >= 50);
        server.Kill();
        workers[0].WaitUntil(() => workers.TrueForAll(worker => nodes.Readiness(worker) == 503));

        server = nodes.Again(server);

        nodes.WaitUntilOne([server, .. workers]);
        server.WaitUntilSaid("tiny: completed");
        AssertSame(run);
        Assert.Contains("incarnation 2", workers[0].Out, StringComparison.Ordinal);
    }

    [Fact]
    public void AllNodes_DieAndTheSecondServerComesFirst_GoOnAndAreOneCluster()
    {
        var nodes = Group(seeds: 2);
        var started = nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker);
        var (first, second, one) = (started[0], started[1], started[2]);
        var run = nodes.Submit(first, "tiny.yaml", Long);
        first.WaitUntil(() => nodes.StepsOf(run) >= 50);
        foreach (var node in started) node.Kill();

        second = nodes.Again(second);
        one = nodes.Again(one);

        second.WaitUntilSaid("tiny: completed");
        nodes.WaitUntilOne(second, one);
        AssertSame(run);
        first = nodes.Again(first);
        nodes.WaitUntilOne(first, second, one);
        Assert.True(nodes.Serves(second, seenBy: first));
    }

    // Its worker may be waiting for an answer of the frozen one, which takes connections and never says anything.
    [Fact]
    public void ActiveServer_Frozen_IsNotWaitedForAndStandsByWhenItWakes()
    {
        var nodes = Group(seeds: 2);
        var started = nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker);
        var worker = started[2];
        nodes.WaitUntilOne(started);
        var (frozen, standBy) = nodes.Serves(started[0], seenBy: worker) ? (started[0], started[1]) : (started[1], started[0]);
        var run = nodes.Submit(frozen, "tiny.yaml", Long);
        frozen.WaitUntil(() => nodes.StepsOf(run) >= 50);
        frozen.Signal("STOP");

        standBy.WaitUntilSaid("tiny: completed");

        AssertSame(run);
        frozen.Signal("CONT");
        nodes.WaitUntilOne(frozen, standBy, worker);
        Assert.True(nodes.Serves(standBy, seenBy: frozen));
        Assert.Contains("another server has taken it over", frozen.Error, StringComparison.Ordinal);
        AssertSame(run);
    }

    private static void AssertSame(RunFiles run)
    {
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }

    private NodeGroup Group(int seeds)
    {
        var group = new NodeGroup(_shell) { IsQuick = true, Seeds = seeds };
        _groups.Add(group);
        return group;
    }
}
