using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Every node on a host of its own, whose plug is pulled.</summary>
[Collection(ClusterTests.OfNetworks)]
public sealed class PartitionTests : IDisposable
{
    private const string Worker = "trainer,adversary";
    private const string Workers = "(adversary, trainer) is in the cluster";
    private const string Serving = "This node is the active server";
    private static readonly string[] Long = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly SeparateHosts _hosts;
    private NodeGroup _nodes;
    private ProgramProcess? _worker;

    public PartitionTests()
    {
        _hosts = new SeparateHosts();
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell, _hosts) { Seeds = 2, IsQuick = true };
    }

    public void Dispose()
    {
        _nodes?.Dispose();
        _hosts?.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Submit_PartitionThatHeals_NobodyTakesOverAndTheBitsAreTheSame()
    {
        _nodes = new NodeGroup(_shell, _hosts) { Seeds = 2 };
        var (active, standBy) = Start(Worker, Worker);
        var run = _nodes.Submit(active, "tiny.yaml", Long);
        active.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        _hosts.Cut(1);
        Thread.Sleep(1500);
        _hosts.Heal(1);
        var healedAt = _nodes.StepsOf(run);
        active.WaitUntil(() => _nodes.StepsOf(run) > healedAt + 100);
        _hosts.Cut(3);
        Thread.Sleep(1500);
        _hosts.Heal(3);

        active.WaitUntilSaid("tiny: completed");

        Assert.Equal(0, standBy.CountOf(Serving));
        AssertSame(run);
    }

    // The first server is cut off and lives on, the second one is cut off and started anew there, as by a service manager; each
    // founds a cluster of its own. A worker is cut off until the others have put it out.
    [Fact]
    public void Submit_ServersAndAWorkerCutOffInTurn_EachComesBackWhenTheNetworkHeals()
    {
        var (first, second) = Start(Worker, Worker);
        var run = _nodes.Submit(first, "tiny.yaml", Long);
        first.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        _hosts.Cut(1);
        second.WaitUntilSaid(Serving);
        first.WaitUntil(() => first.CountOf(Serving) == 2);
        Heals(1, first);

        _hosts.Cut(2);
        second.Kill();
        second = _nodes.Again(second);
        first.WaitUntil(() => first.CountOf(Serving) == 3);
        second.WaitUntilSaid(Serving);
        Heals(2, second);

        var (cutOff, isIn) = (_hosts.AddressOf(4) + ":4053 was put out", _hosts.AddressOf(4) + ":4053 (adversary, trainer) is in the cluster");
        var (outBefore, inBefore) = (first.ErrorCountOf(cutOff), first.CountOf(isIn));
        _hosts.Cut(4);
        first.WaitUntil(() => first.ErrorCountOf(cutOff) > outBefore);
        _hosts.Heal(4);
        first.WaitUntil(() => first.CountOf(isIn) > inBefore);

        first.WaitUntil(() => run.Exists && File.Exists(run["summary.json"]));
        AssertSame(run);
        Assert.Contains("active server: http://" + _hosts.AddressOf(1), _nodes.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
    }

    // The first server is cut off and founds a cluster of its own; all others die, and come back without it.
    [Fact]
    public void Submit_OthersDieWhileTheFirstServerIsCutOff_AreOneClusterWhenTheNetworkHeals()
    {
        var (first, second) = Start(Worker);
        var run = _nodes.Submit(first, "tiny.yaml", Long);
        first.WaitUntil(() => _nodes.StepsOf(run) >= 50);
        _hosts.Cut(1);
        second.WaitUntilSaid(Serving);
        second.Kill();
        _worker!.Kill();
        (second, _worker) = (_nodes.Again(second), _nodes.Again(_worker));
        second.WaitUntilSaid(Serving);
        second.WaitUntilSaid(Workers);
        first.WaitUntil(() => first.CountOf(Serving) == 2);
        Heals(1, first);

        first.WaitUntil(() => run.Exists && File.Exists(run["summary.json"]));
        AssertSame(run);
        Assert.Contains("active server: http://" + _hosts.AddressOf(2), _nodes.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
    }

    private (ProgramProcess Active, ProgramProcess StandBy) Start(params string[] workers)
    {
        var nodes = _nodes.Start([NodeSettings.Server, NodeSettings.Server, .. workers]);
        _worker = nodes[^1];
        return (nodes[0], nodes[1]);
    }

    // Plugs a server's host in; it is in one cluster with a worker then, which on its own it was not.
    private void Heals(int host, ProgramProcess server)
    {
        var before = server.CountOf(Workers);
        _hosts.Heal(host);
        server.WaitUntil(() => server.CountOf(Workers) > before);
    }

    private void AssertSame(RunFiles run)
    {
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }
}
