using System.Diagnostics;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Workers that die, leave, or come late; the run must not care.</summary>
[Collection(ClusterTests.Name)]
public sealed class WorkerFaultTests : IDisposable
{
    // Some seconds long.
    private static readonly string[] Short = ["--set", "epochs=12", "--set", "evaluation.everyEpochs=12"];
    private static readonly string[] Long = ["--set", "epochs=90", "--set", "evaluation.everyEpochs=45", "--set", "checkpoints.everySteps=100"];
    private readonly Shell _shell = new();

    public WorkerFaultTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void Train_WorkersKilledAndOneToldToStop_CompletesToTheSameBits(string engine)
    {
        const int kills = 2;
        var run = _shell.RunAt("run");
        using var program = Start(engine, workers: 3);
        for (var killed = 0; killed < kills; killed++)
        {
            program.WaitUntil(() => StepsOf(run) >= 60 + (150 * killed) && Workers(run).Count == 3);
            // Not the second one: it is to hear that it should stop, which one that has just started does not yet.
            Kill(Workers(run).Where(worker => worker.Name != "worker-2").ElementAt(killed % 2).Pid, "KILL");
            program.WaitUntil(() => program.CountOf("is started again") == killed + 1);
        }

        Kill(Workers(run).Single(worker => worker.Name == "worker-2").Pid, "TERM");

        var outcome = program.Exit().Gives(ExitCode.Done);

        Assert.Contains("worker-2 has left; 2 workers go on", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(kills, program.CountOf("is started again"));
        AssertSame(Baseline.Of(Long), run);
    }

    // Each has parameters for others in some steps, and adds others' gradients in some.
    [Fact]
    public void Train_WorkersThatPassOnAndAddStandStillInTurnAndOneIsKilled_CompletesToTheSameBits()
    {
        if (OperatingSystem.IsWindows()) return;
        const int workers = 5;
        var run = _shell.RunAt("run");
        using var program = Start(Engine.Processes, workers, Short, (RelayPolicy.Variable, "on"));
        program.WaitUntil(() => StepsOf(run) >= 5 && Workers(run).Count == workers);
        foreach (var worker in Workers(run).Take(2))
        {
            Kill(worker.Pid, "STOP");
            var until = StepsOf(run) + 2;
            program.WaitUntil(() => StepsOf(run) >= until);
            Kill(worker.Pid, "CONT");
        }

        Kill(Workers(run)[0].Pid, "KILL");

        program.Exit().Gives(ExitCode.Done);

        AssertSame(Baseline.Of(Short), run);
    }

    [Fact]
    public void Train_NodeJoinsAmidTheRun_WorksForItAndLeavesInOrder()
    {
        var run = _shell.RunAt("run");
        using var program = Start(Engine.Akka, workers: 1);
        program.WaitUntil(() => StepsOf(run) >= 50);
        using var late = new ProgramProcess(_shell.Folder, [("CLUSTERTRAIN_NAME", "late")], "node", "--config", run["cluster.conf"]);
        late.WaitUntilSaid("late works for tiny");
        late.Signal("TERM");

        late.Exit().Gives(ExitCode.Done);
        program.Exit().Gives(ExitCode.Done);

        AssertSame(Baseline.Of(Long), run);
    }

    [Fact]
    public void Train_WorkerWithOtherData_IsRefusedOnItsOwnScreenAndTheServers()
    {
        IdxFiles.WriteFolder(_shell["data/dots"]);
        IdxFiles.WriteFolder(_shell["other/dots"], salt: 1);
        _shell.Write("tiny.yaml", TinySpec.OnFolder("dots"));
        var run = _shell.RunAt("run");
        using var program = new ProgramProcess(
            _shell.Folder, "train", "tiny.yaml", "--data", "data", "--out", "run", "--engine", "processes", "--workers", "1", "--set", "epochs=4000",
            "--set", "evaluation.everyEpochs=1000");
        program.WaitUntil(() => StepsOf(run) >= 10);
        using var stranger = new ProgramProcess(
            _shell.Folder, [(ClusterSecret.Variable, SecretOf(Workers(run)[0]))], "worker", "--server", Workers(run)[0].Address, "--name", "stranger", "--data", "other");

        Assert.Contains("its data has the hash", stranger.Exit().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        program.Signal("TERM");
        var outcome = program.Exit().Gives(ExitCode.Interrupted);
        Assert.Contains("stranger is refused: its data has the hash", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void Train_Secret_IsInNoCommandLineAndNoFileThatOthersCanRead(string engine)
    {
        if (OperatingSystem.IsWindows()) return;
        var run = _shell.RunAt("run");
        using var program = Start(engine, workers: 1);
        program.WaitUntil(() => StepsOf(run) >= 10);
        var worker = Workers(run)[0];
        var secret = SecretOf(worker);

        Assert.All([program.Pid, worker.Pid], pid => Assert.DoesNotContain(secret, File.ReadAllText($"/proc/{pid}/cmdline"), StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(_shell.Folder, "*", SearchOption.AllDirectories).Where(file => Holds(file, secret)).Append(run["processes.json"]))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var nobody = new ProgramProcess(_shell.Folder, [(ClusterSecret.Variable, ClusterSecret.Make().Text)], "status", "--server", worker.Address);
        if (engine == Engine.Processes) Assert.Contains("not this cluster's", nobody.Exit().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        program.Signal("TERM");
        program.Exit().Gives(ExitCode.Interrupted);
    }

    // Files of the moment may be gone by now.
    private static bool Holds(string file, string secret)
    {
        try
        {
            return File.ReadAllText(file).Contains(secret, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Of a process of one's own: its environment, which other users cannot read.
    private static string SecretOf(RunningProcess worker) => File.ReadAllText($"/proc/{worker.Pid}/environ").Split('\0')
        .Single(variable => variable.StartsWith(ClusterSecret.Variable + "=", StringComparison.Ordinal))[(ClusterSecret.Variable.Length + 1)..];

    private ProgramProcess Start(string engine, int workers) => Start(engine, workers, Long);

    private ProgramProcess Start(string engine, int workers, IReadOnlyList<string> settings, params IReadOnlyList<(string, string)> variables) => new(
        _shell.Folder, variables, ["train", "tiny.yaml", "--out", "run", "--engine", engine, "--workers", $"{workers}", .. settings]);

    private static long StepsOf(RunFiles run) => File.Exists(run["ledger.jsonl"]) ? File.ReadLines(run["ledger.jsonl"]).LongCount() : 0;

    private static IReadOnlyList<RunningProcess> Workers(RunFiles run)
    {
        try
        {
            return [.. ProcessesFile.Read(run["processes.json"]).Where(process => process.Role == "worker").OrderBy(process => process.Name, StringComparer.Ordinal)];
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    private static void Kill(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }

    private static void AssertSame(RunFiles whole, RunFiles run)
    {
        Assert.Equal(whole.StateHash, run.StateHash);
        Assert.Equal(whole.Ledger, run.Ledger);
        Assert.Equal(whole.Curve(), run.Curve());
    }
}
