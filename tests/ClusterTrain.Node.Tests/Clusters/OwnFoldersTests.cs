using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Servers without a shared disk: a stand-by goes on from the copy that it has.</summary>
[Collection(ClusterTests.OfServers)]
public sealed class OwnFoldersTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=40", "--set", "evaluation.everyEpochs=20", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly NodeGroup _nodes;

    public OwnFoldersTests()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell) { Runs = node => $"runs-{node}", IsQuick = true };
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Submit_ActiveServerKilled_TheStandByGoesOnFromItsOwnCopyToTheSameBits()
    {
        var nodes = _nodes.Start(NodeSettings.Server, NodeSettings.Server, "trainer,adversary", "trainer,adversary");
        var (active, standBy) = (nodes[0], nodes[1]);
        _nodes.Submit(active, "tiny.yaml", Long);
        var copy = _shell.RunAt("runs-1/tiny");
        active.WaitUntil(() => File.Exists(copy["checkpoints/checkpoints.json"]) && _nodes.StepsOf(copy) >= 100);
        active.Kill();

        standBy.WaitUntilSaid("tiny: completed");

        Assert.Equal(1, standBy.CountOf("tiny: goes on from step"));
        Assert.Equal(1, standBy.CountOf("incarnation 2"));
        standBy.WaitUntil(() => copy.Json("state.json").GetProperty("state").GetString() == "completed");
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, copy.StateHash);
        Assert.Equal(whole.Ledger, copy.Ledger);
        _nodes.CommandTo(nodes[2], "results", "tiny", "--out", "brought").Gives(ExitCode.Done);
        Assert.Equal(whole.Ledger, _shell.RunAt("brought").Ledger);
        Assert.Equal(copy.StateHash, _shell.RunAt("brought").StateHash);
        Assert.Contains("tiny: begins", _nodes.CommandTo(nodes[3], "logs", "tiny").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
    }
}
