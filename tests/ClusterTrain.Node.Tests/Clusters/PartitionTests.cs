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
    private readonly NodeGroup _nodes;

    public PartitionTests()
    {
        _hosts = new SeparateHosts();
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell, _hosts);
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

    [Fact]
    public void Submit_ActiveServerCutOffUntilTheStandByIsDone_StandsByInItsTurn()
    {
        var (active, standBy) = Start();
        var run = _nodes.Submit(active, "tiny.yaml", Long);
        active.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        _hosts.Cut(1);

        standBy.WaitUntilSaid("tiny: completed");

        Assert.Equal(1, standBy.CountOf("incarnation 2"));
        AssertSame(run);
        _hosts.Heal(1);
        active.WaitUntil(() => active.CountOf("(adversary, trainer) is in the cluster") == 6);
        Assert.Contains("active server: http://" + _hosts.AddressOf(2), _nodes.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
    }

    private (ProgramProcess Active, ProgramProcess StandBy) Start()
    {
        const string Worker = "trainer,adversary";
        var nodes = _nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker, Worker);
        return (nodes[0], nodes[1]);
    }

    private void AssertSame(RunFiles run)
    {
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }
}
