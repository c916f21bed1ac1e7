using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Every node on a host of its own, whose plug is pulled.</summary>
[Collection(ClusterTests.Name)]
public sealed class PartitionTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly SeparateHosts _hosts;
    private NodeGroup _nodes;

    public PartitionTests()
    {
        _hosts = new SeparateHosts();
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell, _hosts) { Seeds = 2 };
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
        var (active, standBy) = Start();
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

        Assert.Equal(0, standBy.CountOf("This node is the active server"));
        AssertSame(run);
    }

    // The first server is cut off and lives on, the second one is cut off and started anew there, as by a service manager; each
    // founds a cluster of its own. A worker is cut off until the others have put it out.
    [Fact]
    public void Submit_ServersAndAWorkerCutOffInTurn_EachComesBackWhenTheNetworkHeals()
    {
        _nodes = new NodeGroup(_shell, _hosts) { Seeds = 2, IsQuick = true };
        var (first, second) = Start();
        var run = _nodes.Submit(first, "tiny.yaml", Long);
        first.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        _hosts.Cut(1);
        second.WaitUntilSaid("This node is the active server");
        first.WaitUntil(() => first.CountOf("This node is the active server") == 2);
        _hosts.Heal(1);
        WaitUntilInOneWithTheWorkers(first);

        _hosts.Cut(2);
        second.Kill();
        second = _nodes.Again(second);
        first.WaitUntil(() => first.CountOf("This node is the active server") == 3);
        second.WaitUntilSaid("This node is the active server");
        _hosts.Heal(2);
        WaitUntilInOneWithTheWorkers(second);

        _hosts.Cut(5);
        first.WaitUntil(() => first.Error.Contains(_hosts.AddressOf(5) + ":4053 was put out", StringComparison.Ordinal));
        _hosts.Heal(5);
        first.WaitUntil(() => first.CountOf(_hosts.AddressOf(5) + ":4053 (adversary, trainer) is in the cluster") > 1);

        first.WaitUntil(() => run.Exists && File.Exists(run["summary.json"]));
        AssertSame(run);
        Assert.Contains("active server: http://" + _hosts.AddressOf(1), _nodes.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
    }

    private (ProgramProcess Active, ProgramProcess StandBy) Start()
    {
        const string Worker = "trainer,adversary";
        var nodes = _nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker, Worker);
        return (nodes[0], nodes[1]);
    }

    // All three workers, once more than when it was alone.
    private static void WaitUntilInOneWithTheWorkers(ProgramProcess server)
    {
        const string Workers = "(adversary, trainer) is in the cluster";
        var before = server.CountOf(Workers);
        server.WaitUntil(() => server.CountOf(Workers) >= before + 3);
    }

    private void AssertSame(RunFiles run)
    {
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }
}
