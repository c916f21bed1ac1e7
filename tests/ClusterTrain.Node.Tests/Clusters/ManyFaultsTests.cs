using System.Diagnostics;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>
/// Two hundred kills over all roles at any moment of a run, and fifty full disks: one hash. Takes some ten minutes, so with
/// <c>CLUSTERTRAIN_SLOW</c> alone.
/// </summary>
[Collection(ClusterTests.OfServers)]
public sealed class ManyFaultsTests : IDisposable
{
    private const string Worker = "trainer,adversary";
    private static readonly string[] Some = ["--set", "epochs=80", "--set", "evaluation.everyEpochs=20", "--set", "checkpoints.everySteps=30"];
    private static readonly string[] Long = ["--set", "epochs=400", "--set", "evaluation.everyEpochs=100", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly Random _random = new(11);
    private readonly Dictionary<string, int> _phases = new(StringComparer.Ordinal);
    private int _runs;

    public ManyFaultsTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact(Explicit = true)]
    public void Local_KilledFiftyTimes_ComesToOneHash() => KillServers("local", kills: 50);

    [Fact(Explicit = true)]
    public void Processes_ServerKilledThirtyTimes_ComesToOneHash() => KillServers(Engine.Processes, kills: 30);

    [Fact(Explicit = true)]
    public void Akka_ServerKilledTwentyTimes_ComesToOneHash() => KillServers(Engine.Akka, kills: 20);

    [Fact(Explicit = true)]
    public void Processes_WorkersKilledThirtyTimes_ComesToOneHash() => KillWorkers(Engine.Processes, kills: 30);

    [Fact(Explicit = true)]
    public void Akka_WorkersKilledTwentyTimes_ComesToOneHash() => KillWorkers(Engine.Akka, kills: 20);

    [Fact(Explicit = true)]
    public void Cluster_ActiveServerKilledTwentyTimes_ComesToOneHash() => KillNodes(kills: 20, ofServers: true, isActive: true);

    [Fact(Explicit = true)]
    public void Cluster_StandByKilledTenTimes_ComesToOneHash() => KillNodes(kills: 10, ofServers: true, isActive: false);

    [Fact(Explicit = true)]
    public void Cluster_WorkersKilledTwentyTimes_ComesToOneHash() => KillNodes(kills: 20, ofServers: false, isActive: false);

    [Fact(Explicit = true)]
    public void Local_DiskFullFiftyTimes_ComesToOneHash()
    {
        using var disk = new SmallDisk(_shell["disk"]);
        for (var full = 0; full < 50;)
        {
            var run = Next("disk/run");
            while (!IsDone(run) && full < 50)
            {
                using var program = Train("local", run);
                Thread.Sleep(_random.Next(1500));
                disk.Fill(leaving: _random.Next(5) switch { 0 => 0, 1 => 100, 2 => 5_000, 3 => 20_000, _ => 60_000 });
                var outcome = program.Exit();
                disk.Free();
                if (outcome.Code == ExitCode.Done) break;
                Assert.Contains("the disk is full", outcome.Error, StringComparison.Ordinal);
                Note(run);
                full++;
            }

            Finish("local", run);
            Directory.Delete(run.FullPath, recursive: true);
        }

        Say();
    }

    private void KillServers(string engine, int kills)
    {
        for (var killed = 0; killed < kills;)
        {
            var run = Next("run");
            while (!IsDone(run) && killed < kills)
            {
                using var program = Train(engine, run);
                Thread.Sleep(_random.Next(engine switch { "local" => 2000, Engine.Processes => 3500, _ => 8000 }));
                if (program.HasExited) break;
                program.Kill();
                Note(run);
                killed++;
            }

            Finish(engine, run);
        }

        Say();
    }

    private void KillWorkers(string engine, int kills)
    {
        for (var killed = 0; killed < kills;)
        {
            var run = Next("run");
            using (var program = Train(engine, run, Long))
            {
                while (killed < kills && !program.HasExited)
                {
                    Thread.Sleep(_random.Next(2500));
                    if (Workers(run) is not { Count: > 0 } workers || program.HasExited) continue;
                    Note(run);
                    Kill(workers[_random.Next(workers.Count)].Pid);
                    killed++;
                }

                program.Exit().Gives(ExitCode.Done);
            }

            AssertSame(run, Long);
        }

        Say();
    }

    private void KillNodes(int kills, bool ofServers, bool isActive)
    {
        using var group = new NodeGroup(_shell) { Runs = node => $"runs-{node}", Seeds = 2, IsQuick = true };
        List<ProgramProcess> nodes = [.. group.Start(NodeSettings.Server, NodeSettings.Server, Worker, Worker)];
        List<string> names = [];
        group.WaitUntilOne(nodes);
        for (var killed = 0; killed < kills; killed++)
        {
            if (names.Count == 0 || StatesOf(names[^1]).Contains("completed"))
            {
                names.Add(names.Count == 0 ? "tiny" : $"tiny-{names.Count + 1}");
                group.CommandTo(nodes[3], ["submit", "tiny.yaml", .. Long]).Gives(ExitCode.Done);
            }

            Thread.Sleep(_random.Next(2500));
            var serving = group.Serves(nodes[0], seenBy: nodes[3]) ? 0 : 1;
            var at = ofServers ? isActive ? serving : 1 - serving : 2 + _random.Next(2);
            Note(_shell.RunAt($"runs-{serving}/{names[^1]}"));
            nodes[at].Kill();
            nodes[at] = group.Again(nodes[at]);
            group.WaitUntilOne(nodes);
        }

        _runs = names.Count;
        foreach (var name in names)
        {
            nodes[0].WaitUntil(() => StatesOf(name).Count(state => state == "completed") == 2);
            AssertSame(_shell.RunAt($"runs-0/{name}"), Long);
            AssertSame(_shell.RunAt($"runs-1/{name}"), Long);
        }

        Say();
    }

    private List<string> StatesOf(string name) =>
    [
        .. ((int[])[0, 1]).Select(node => _shell.RunAt($"runs-{node}/{name}")).Where(run => File.Exists(run["state.json"]))
            .Select(run => run.Json("state.json").GetProperty("state").GetString()!),
    ];

    private RunFiles Next(string name) => _shell.RunAt($"{name}-{++_runs}");

    private ProgramProcess Train(string engine, RunFiles run, string[]? set = null) => new(
        _shell.Folder, File.Exists(run["spec.yaml"])
            ? ["train", "--resume", "--out", run.FullPath, "--engine", engine, "--workers", "2"]
            : ["train", "tiny.yaml", "--out", run.FullPath, "--engine", engine, "--workers", "2", .. set ?? Some]);

    private void Finish(string engine, RunFiles run)
    {
        if (!IsDone(run))
        {
            using var program = Train(engine, run);
            program.Exit().Gives(ExitCode.Done);
        }

        AssertSame(run, Some);
    }

    private static bool IsDone(RunFiles run) => File.Exists(run["summary.json"]) && run.Status == "completed";

    private static void AssertSame(RunFiles run, string[] set)
    {
        var whole = Baseline.Of(set);
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
        Assert.Equal(whole.Curve(), run.Curve());
    }

    // Where the run stood, by its files.
    private void Note(RunFiles run)
    {
        var phase = !File.Exists(run["spec.yaml"]) ? "before there was a run"
            : IsDone(run) ? "after its end"
            : !File.Exists(run["checkpoints/checkpoints.json"]) ? "before the first checkpoint"
            : File.Exists(run["report.html"]) ? "while it was concluded" : "amid the steps";
        _phases[phase] = _phases.GetValueOrDefault(phase) + 1;
    }

    private void Say() => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{_phases.Values.Sum()} in {_runs} runs: {string.Join(", ", _phases.OrderBy(phase => phase.Key, StringComparer.Ordinal).Select(phase => $"{phase.Value} {phase.Key}"))}");

    private static IReadOnlyList<RunningProcess> Workers(RunFiles run)
    {
        try
        {
            return [.. ProcessesFile.Read(run["processes.json"]).Where(process => process.Role == "worker")];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // It may have ended by itself, with the run.
    private static void Kill(int pid)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-KILL", $"{pid}"]) { RedirectStandardError = true, UseShellExecute = false })!;
        kill.WaitForExit();
    }
}
