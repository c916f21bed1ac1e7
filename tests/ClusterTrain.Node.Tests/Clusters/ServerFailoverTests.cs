using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>A cluster of nodes with a server that stands by: the active one goes, in both ways.</summary>
[Collection(ClusterTests.OfServers)]
public sealed class ServerFailoverTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly NodeGroup _nodes;

    public ServerFailoverTests()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell) { IsQuick = true };
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _shell.Dispose();
    }

    // The run is stopped while the first server comes back, so that it is not over before its time.
    [Fact]
    public void Submit_ActiveServerKilledTheNextToldToStopThenAll_TheRunGoesOnToTheSameBits()
    {
        const string Worker = "trainer,adversary";
        var nodes = _nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker);
        var (killed, second) = (nodes[0], nodes[1]);
        var run = _nodes.Submit(killed, "tiny.yaml", Long);
        killed.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        Assert.Equal([("server", killed.Pid), ("worker", 0), ("worker", 0)], ProcessesFile.Read(run["processes.json"])
            .Select(process => (process.Role, process.Role == "server" ? process.Pid : 0)));
        killed.Kill();

        second.WaitUntilSaid("works for the run");
        Assert.Equal(1, second.CountOf("tiny: goes on from step"));
        Assert.Equal(1, second.CountOf("incarnation 2"));
        _nodes.CommandTo(nodes[2], "stop", "tiny").Gives(ExitCode.Done);
        var first = _nodes.Again(killed);
        _nodes.WaitUntilOne([first, .. nodes.Skip(1)]);
        Assert.True(_nodes.Serves(second, seenBy: first));

        _nodes.CommandTo(nodes[3], "submit", "--again", "tiny").Gives(ExitCode.Done);
        var before = _nodes.StepsOf(run);
        second.WaitUntil(() => _nodes.StepsOf(run) >= before + 20);
        second.Signal("TERM");
        var said = second.Exit().Gives(ExitCode.Done).Out;
        Assert.True(said.Contains("for the next server", StringComparison.Ordinal), said);

        first.WaitUntilSaid("works for the run");
        Assert.Equal(1, first.CountOf("tiny: goes on from step"));
        _nodes.StopAll(except: killed);
        Assert.Equal(1, first.CountOf("for the next server"));
        Assert.Equal("queued", run.Json("state.json").GetProperty("state").GetString());
        _shell.Run("train", "--resume", "--out", run.FullPath).Gives(ExitCode.Done);
        AssertSame(Baseline.Of(Long), run);
    }

    private static void AssertSame(RunFiles whole, RunFiles run)
    {
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }
}
