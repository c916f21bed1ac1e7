using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>A cluster of nodes with a server that stands by: the active one goes, in both ways.</summary>
[Collection(ClusterTests.OfServers)]
public sealed class ServerFailoverTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=60", "--set", "evaluation.everyEpochs=30", "--set", "checkpoints.everySteps=20"];
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

    [Fact]
    public void Submit_ActiveServerKilled_TheStandByCarriesTheRunOnToTheSameBits()
    {
        var (active, standBy) = Start();
        var run = _nodes.Submit(active, "tiny.yaml", Long);
        active.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        Assert.Equal([("server", active.Pid), ("worker", 0), ("worker", 0), ("worker", 0)], ProcessesFile.Read(run["processes.json"])
            .Select(process => (process.Role, process.Role == "server" ? process.Pid : 0)));
        active.Kill();

        standBy.WaitUntilSaid("tiny: completed");

        Assert.Equal(1, standBy.CountOf("tiny: goes on from step") + standBy.CountOf("tiny: begins"));
        Assert.Equal(1, standBy.CountOf("incarnation 2"));
        AssertSame(Baseline.Of(Long), run);
        _nodes.StopAll(except: active);
    }

    [Fact]
    public void Submit_ActiveServerToldToStopThenAllAtOnce_HandTheRunOverAndExitInOrder()
    {
        var (active, standBy) = Start();
        var run = _nodes.Submit(active, "tiny.yaml", Long);
        active.WaitUntil(() => _nodes.StepsOf(run) >= 100);
        active.Signal("TERM");

        var said = active.Exit().Gives(ExitCode.Done).Out;
        Assert.True(said.Contains("saved at step", StringComparison.Ordinal), said);
        standBy.WaitUntilSaid("works for the run");
        Assert.Equal(1, standBy.CountOf("goes on from step"));
        _nodes.StopAll(except: active);

        Assert.Equal(1, standBy.CountOf("saved at step"));
        Assert.Equal("queued", run.Json("state.json").GetProperty("state").GetString());
        _shell.Run("train", "--resume", "--out", run.FullPath).Gives(ExitCode.Done);
        AssertSame(Baseline.Of(Long), run);
    }

    private (ProgramProcess Active, ProgramProcess StandBy) Start()
    {
        const string Worker = "trainer,adversary";
        var nodes = _nodes.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker, Worker);
        return (nodes[0], nodes[1]);
    }

    private static void AssertSame(RunFiles whole, RunFiles run)
    {
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
    }
}
