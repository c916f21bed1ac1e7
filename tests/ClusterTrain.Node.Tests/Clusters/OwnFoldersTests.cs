using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Servers without a shared disk: a stand-by goes on from the copy that it has.</summary>
[Collection(ClusterTests.OfServers)]
public sealed class OwnFoldersTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=40", "--set", "evaluation.everyEpochs=20", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private NodeGroup _nodes;

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

    // All that can happen to one run: a worker stands still until the others have put it out, two active servers die, all nodes die at
    // once and come back in another order. A user stops the run meanwhile, so that it is not over before its time.
    [Fact]
    public void Submit_AWorkerFreezesTwoServersDieAndThenAllAtOnce_TheLastServerHasTheSameBits()
    {
        string[] set = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];
        _nodes = new NodeGroup(_shell) { Runs = node => $"runs-{node}", Seeds = 3, IsQuick = true };
        var started = _nodes.Start(NodeSettings.Server, NodeSettings.Server, NodeSettings.Server, "trainer,adversary", "trainer,adversary");
        List<ProgramProcess> servers = [.. started.Take(3)];
        var (steady, frozen) = (started[3], started[4]);
        _nodes.Submit(servers[0], "tiny.yaml", set);
        servers[0].WaitUntil(() => HasCopy(1) && HasCopy(2));

        frozen.Signal("STOP");
        servers[0].Kill();
        var second = Next(servers, 1, 2);
        MakeSteps(servers, second);
        servers[second].WaitUntil(() => servers[second].Error.Contains(_nodes.AddressOf(frozen) + " was put out", StringComparison.Ordinal));
        _nodes.CommandTo(steady, "stop", "tiny").Gives(ExitCode.Done);
        frozen.Signal("CONT");
        servers[0] = _nodes.Again(servers[0]);
        _nodes.WaitUntilOne([.. servers, steady, frozen]);

        _nodes.CommandTo(frozen, "submit", "--again", "tiny").Gives(ExitCode.Done);
        MakeSteps(servers, second);
        servers[second].Kill();
        var third = Next(servers, 0, 3 - second);
        MakeSteps(servers, third);

        List<ProgramProcess> living = [servers[third], servers[3 - second - third], steady, frozen];
        living.ForEach(node => node.Kill());
        (frozen, servers[2], servers[1], steady, servers[0]) = (
            _nodes.Again(frozen), _nodes.Again(servers[2]), _nodes.Again(servers[1]), _nodes.Again(steady), _nodes.Again(servers[0]));
        bool HasCompleted(ProgramProcess server) => server.Out.Contains("tiny: completed", StringComparison.Ordinal);
        servers[0].WaitUntil(() => servers.Exists(HasCompleted));

        var last = servers.FindIndex(HasCompleted);
        var (whole, run) = (Baseline.Of(set), RunOf(last));
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
        _nodes.WaitUntilOne([.. servers, steady, frozen]);
        _nodes.CommandTo(servers[(last + 1) % 3], "results", "tiny", "--out", "brought").Gives(ExitCode.Done);
        Assert.Equal(whole.Ledger, _shell.RunAt("brought").Ledger);
    }

    // Which of two servers has become the active one.
    private static int Next(List<ProgramProcess> servers, params int[] either)
    {
        bool IsActive(int server) => servers[server].Out.Contains("tiny: goes on from step", StringComparison.Ordinal);
        servers[either[0]].WaitUntil(() => either.Any(IsActive));
        return either.Single(IsActive);
    }

    private RunFiles RunOf(int server) => _shell.RunAt($"runs-{server}/tiny");

    private bool HasCopy(int server) => File.Exists(RunOf(server)["checkpoints/checkpoints.json"]) && _nodes.StepsOf(RunOf(server)) >= 60;

    private void MakeSteps(List<ProgramProcess> servers, int active)
    {
        var from = _nodes.StepsOf(RunOf(active));
        servers[active].WaitUntil(() => _nodes.StepsOf(RunOf(active)) >= from + 40);
    }
}
