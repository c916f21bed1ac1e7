using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>What becomes of the runs of a cluster when nothing dies: some fail, some are stopped, some workers cannot work for them.</summary>
public sealed class RunsAroundTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];

    private static readonly string[] Diverging =
    [
        "--set", "name=fast", "--set", "optimizer.type=sgd", "--set", "optimizer.learningRate=100", "--set", "regularization.l2=1", "--set", "epochs=100",
    ];

    private readonly Shell _shell = new();
    private readonly NodeGroup _nodes;
    private readonly NodeGroup _others;
    private ProgramProcess? _worker;

    public RunsAroundTests()
    {
        foreach (var name in (string[])["dots", "stripes"])
        {
            IdxFiles.WriteFolder(_shell[$"all/{name}"]);
            _shell.Write($"{name}.yaml", TinySpec.OnFolder(name).Replace("name: tiny", $"name: {name}", StringComparison.Ordinal));
        }

        IdxFiles.WriteFolder(_shell["some/stripes"], salt: 1);
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell) { IsQuick = true, Data = node => node == 0 ? "all" : "some" };
        _others = new NodeGroup(_shell) { IsQuick = true };
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _others.Dispose();
        _shell.Dispose();
    }

    // A server that is also a worker, and a worker that has not all data; and a server of another cluster, for which they are the
    // process that has the run. That one is held still until the run is there that it shall wait for.
    [Fact]
    public void Submit_RunsThatFailDivergeAreStoppedAndSatOut_EachSaysWhyAndTheNextOneHasItsTurn()
    {
        QueueWithoutData("gone");
        var started = _nodes.Start("server,trainer,adversary", "trainer,adversary");
        var (server, worker) = (started[0], _worker = started[1]);
        var (tiny, at) = (_shell.FirstRun, _nodes.AddressOf(worker));
        server.WaitUntil(() => State("gone") == "failed");
        Assert.Contains("on the server: data set 'nowhere' not found", Refused("submit", "tiny.yaml", "--set", "data.name=nowhere"), StringComparison.Ordinal);
        Assert.False(tiny.Exists);

        // Both for good until a user ends them.
        Done("submit", "dots.yaml", "--set", "epochs=100000");
        Done("submit", "stripes.yaml", "--set", "epochs=100000");
        Done(["submit", "tiny.yaml", .. Diverging]);
        Done(["submit", "tiny.yaml", .. Long]);
        Done("submit", "tiny.yaml");
        worker.WaitUntil(() => worker.Error.Contains($"{at} sits dots out, and waits for the next run: data set 'dots' not found", StringComparison.Ordinal));
        server.WaitUntil(() => server.Error.Contains($"{at} sits the run out: data set 'dots' not found", StringComparison.Ordinal));
        Assert.Contains($"{at} sits it out: data set 'dots' not found", Done("status"), StringComparison.Ordinal);
        var other = _others.Start(NodeSettings.Server)[0];
        other.WaitUntilSaid("dots: still claimed by another process");
        other.Signal("STOP");
        Done("stop");
        server.WaitUntil(() => server.Error.Contains($"{at} sits the run out: its data has the hash", StringComparison.Ordinal));
        Done("stop", "stripes");

        worker.WaitUntilSaid($"{at} works for tiny");
        server.WaitUntil(() => File.Exists(tiny["checkpoints/checkpoints.json"]));
        Assert.Contains("tiny-2 is cancelled", Done("stop", "tiny-2"), StringComparison.Ordinal);
        Assert.Contains("submit --again tiny", Done("stop"), StringComparison.Ordinal);
        Done("submit", "--again", "tiny");
        server.WaitUntilSaid("tiny: goes on from step");
        other.Signal("CONT");
        other.WaitUntilSaid("tiny: still claimed by another process");
        server.WaitUntilSaid("tiny: completed");
        server.WaitUntil(() => State("tiny") == "completed");

        other.WaitUntil(() => _others.CommandTo(other, "status", "tiny").Out.Contains("completed", StringComparison.Ordinal));
        var ended = _shell.Snapshot();
        server.Signal("TERM");
        server.Exit().Gives(ExitCode.Done);
        server = _nodes.Again(server);
        server.WaitUntilSaid("This node is the active server");
        _nodes.WaitUntilOne(server, worker);
        AssertKept(tiny);
        Assert.Equal(0, other.CountOf("tiny: goes on from step") + server.CountOf("tiny: "));
        Assert.Equal(OfRun(ended, tiny), OfRun(_shell.Snapshot(), tiny));
        Assert.DoesNotContain("singleton", _nodes.Said + _others.Said, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> OfRun(IEnumerable<string> files, RunFiles run) =>
        files.Where(file => file.StartsWith(run.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private void AssertKept(RunFiles tiny)
    {
        var whole = Baseline.Of(Long);
        Assert.Equal(whole.StateHash, tiny.StateHash);
        Assert.Equal(whole.Ledger, tiny.Ledger);
        Assert.Contains("tiny: interrupted", File.ReadAllText(tiny["messages.log"]), StringComparison.Ordinal);
        var status = Done("status");
        Assert.Matches("gone +failed .*data set 'gone'", status);
        Assert.Matches("fast +diverged .*diverged at step", status);
        Assert.Matches("dots +interrupted", status);
        Assert.Matches("tiny +completed", status);
        Assert.Matches("tiny-2 +cancelled", status);
        Assert.Contains("submit --again gone", Done("status", "gone"), StringComparison.Ordinal);
        Assert.Contains("learningRate", Done("status", "fast"), StringComparison.Ordinal);
        Assert.Contains(whole.StateHash, Done("status", "tiny"), StringComparison.Ordinal);
        Assert.Contains("stays so", Refused("submit", "--again", "tiny"), StringComparison.Ordinal);
        Assert.Contains("is completed; allowed are", Refused("stop", "tiny"), StringComparison.Ordinal);
        Assert.Contains("works on no run", Done("stop"), StringComparison.Ordinal);
        Assert.Contains("tiny: completed", Done("logs", "tiny", "--follow"), StringComparison.Ordinal);
        Assert.DoesNotContain("tiny: completed", Done("logs", "fast"), StringComparison.Ordinal);
        BringsAll(tiny);
    }

    // The whole folder, equal to the server's but for what is of the moment; and one file.
    private void BringsAll(RunFiles tiny)
    {
        Done("results", "tiny", "--out", "brought");
        var names = Directory.EnumerateFiles(_shell["brought"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_shell["brought"], path)).ToList();
        Assert.All(["summary.json", "ledger.jsonl", "report.html", "state.json", "messages.log"], name => Assert.Contains(name, names));
        Assert.DoesNotContain("claim", names);
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(tiny[name]), File.ReadAllBytes(_shell[$"brought/{name}"])));
        _shell.Run("verify", "brought", "--steps", "2").Gives(ExitCode.Done);
        Assert.Contains("is there already", Refused("results", "tiny", "--out", "brought"), StringComparison.Ordinal);
        Done("results", "tiny", "checkpoints/checkpoints.json");
        Assert.Equal(File.ReadAllBytes(tiny["checkpoints/checkpoints.json"]), File.ReadAllBytes(_shell["checkpoints.json"]));
    }

    // As one that was taken in while the data was there still.
    private void QueueWithoutData(string name)
    {
        var spec = TinySpec.OnFolder(name).Replace("name: tiny", $"name: {name}", StringComparison.Ordinal);
        new RunLine(_shell["runs"], TimeProvider.System).Add(SpecLoader.Load(spec, $"{name}.yaml", []).Spec!);
    }

    // By way of the worker, which asks the server.
    private string Done(params string[] args) => _nodes.CommandTo(_worker!, args).Gives(ExitCode.Done).Out;

    private string Refused(params string[] args) => _nodes.CommandTo(_worker!, args).Gives(ExitCode.WrongInput).Error;

    private string? State(string run) => _shell.RunAt($"runs/{run}") is var folder && File.Exists(folder["state.json"])
        ? folder.Json("state.json").GetProperty("state").GetString() : null;
}
