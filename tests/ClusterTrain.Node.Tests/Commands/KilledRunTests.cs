using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>Runs that ended without a word.</summary>
public sealed class KilledRunTests : IDisposable
{
    // Some seconds long, so that there is time to kill it, with checkpoints all along.
    private static readonly string[] Long = ["--set", "epochs=80", "--set", "evaluation.everyEpochs=40", "--set", "checkpoints.everySteps=30"];
    private readonly Shell _shell = new();

    public KilledRunTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Resume_CopyTakenAmidTheRun_ComesToTheSameBits()
    {
        var whole = Baseline.Of();
        var killed = Killed(whole, ledgerLines: 11, torn: "{\"step\":11,\"sta");

        _shell.Run("train", "--resume", "--out", "killed").Gives(ExitCode.Done);

        AssertSame(whole, killed);
        _shell.Run("verify", "killed").Gives(ExitCode.Done);
    }

    [Fact]
    public void Resume_NewestCheckpointDamaged_WarnsAndGoesBackFurther()
    {
        var whole = Baseline.Of();
        var killed = Killed(whole, ledgerLines: 11, torn: "");
        File.WriteAllText(killed["checkpoints/step-8.safetensors"], "damaged");

        var outcome = _shell.Run("train", "--resume", "--out", "killed").Gives(ExitCode.Done);

        Assert.StartsWith("warning: step 8: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("Going on from step 4 of 20.", outcome.OutLines);
        AssertSame(whole, killed);
    }

    [Fact]
    public void Resume_KilledBeforeAnyCheckpoint_StartsOverToTheSameBits()
    {
        var whole = Baseline.Of();
        var killed = Killed(whole, ledgerLines: 3, torn: "");
        Directory.Delete(killed["checkpoints"], recursive: true);
        File.Delete(killed["metrics.jsonl"]);

        _shell.Run("train", "--resume", "--out", "killed").Gives(ExitCode.Done);

        AssertSame(whole, killed);
    }

    [Fact]
    public void Resume_LedgerChangedBeforeTheCheckpoint_IsRefused()
    {
        var killed = Killed(Baseline.Of(), ledgerLines: 11, torn: "");
        File.WriteAllText(killed["ledger.jsonl"], killed.Ledger.Replace("\"step\":5,\"state\":\"", "\"step\":5,\"state\":\"0", StringComparison.Ordinal));

        var outcome = _shell.Run("train", "--resume", "--out", "killed").Gives(ExitCode.WrongInput);

        Assert.Contains("step 5", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_LastLineBeforeTheCheckpointChanged_IsRefused()
    {
        var killed = Killed(Baseline.Of(), ledgerLines: 8, torn: "");
        var at = killed.Ledger.LastIndexOf("\"state\":\"", StringComparison.Ordinal) + "\"state\":\"".Length;
        File.WriteAllText(killed["ledger.jsonl"], killed.Ledger.Remove(at, 1).Insert(at, killed.Ledger[at] == '0' ? "1" : "0"));

        var outcome = _shell.Run("train", "--resume", "--out", "killed").Gives(ExitCode.WrongInput);

        Assert.Contains("step 7", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_ProcessKilledHard_ComesToTheSameBits()
    {
        var killed = _shell.RunAt("killed");
        using (var program = new ProgramProcess(_shell.Folder, ["train", "tiny.yaml", "--out", "killed", .. Long]))
        {
            program.WaitUntil(() => HasCheckpoint(killed, atLeast: 60));
            program.Kill();
        }

        Assert.False(File.Exists(killed["summary.json"]), "the run was over before it was killed");
        using (var program = new ProgramProcess(_shell.Folder, "train", "--resume", "--out", "killed"))
            program.Exit().Gives(ExitCode.Done);
        AssertSame(Baseline.Of(Long), killed);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Resume_ProcessToldToStop_ComesToTheSameBits(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Assert.SkipWhen(signal == "INT" && IgnoresInterrupts(), "SIGINT is ignored by who started these tests, and so by what they start.");
        var stopped = _shell.RunAt("stopped");
        using (var program = new ProgramProcess(_shell.Folder, ["train", "tiny.yaml", "--out", "stopped", .. Long]))
        {
            program.WaitUntil(() => HasCheckpoint(stopped, atLeast: 30));
            program.Signal(signal);
            var outcome = program.Exit().Gives(ExitCode.Interrupted);
            Assert.Contains("train --resume --out stopped", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }

        Assert.Equal("interrupted", stopped.Status);
        using (var program = new ProgramProcess(_shell.Folder, "train", "--resume", "--out", "stopped"))
            program.Exit().Gives(ExitCode.Done);
        AssertSame(Baseline.Of(Long), stopped);
    }

    /// <summary>
    /// The folder as a kill leaves it after the first evaluation, of step 10: the newest checkpoint is of step 8, metrics
    /// and ledger are ahead of it.
    /// </summary>
    private RunFiles Killed(RunFiles whole, int ledgerLines, string torn)
    {
        RunFiles? killed = null;
        _shell.RunWatching(
            "epoch     1/2", () => killed = _shell.RunAt("alive").CopyTo(_shell["killed"]),
            "train", "tiny.yaml", "--out", "alive").Gives(ExitCode.Done);
        Assert.Equal([4, 8], killed!.CheckpointSteps());
        Assert.Single(killed.JsonLines("metrics.jsonl"));
        File.WriteAllText(
            killed["ledger.jsonl"], string.Concat(whole.Ledger.Split('\n').Take(ledgerLines).Select(line => line + "\n")) + torn);
        return killed;
    }

    // A shell that starts tests in the background has them ignore SIGINT, and children inherit that.
    private static bool IgnoresInterrupts()
    {
        const string Key = "SigIgn:";
        const ulong Interrupt = 1 << 1;
        if (!File.Exists("/proc/self/status")) return false;
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && (Convert.ToUInt64(line[Key.Length..].Trim(), 16) & Interrupt) != 0;
    }

    // The index is replaced by renaming, so it can be read at any time.
    private static bool HasCheckpoint(RunFiles run, long atLeast) =>
        File.Exists(run["checkpoints/checkpoints.json"]) && run.CheckpointSteps()[^1] >= atLeast;

    private static void AssertSame(RunFiles whole, RunFiles other)
    {
        Assert.Equal(whole.StateHash, other.StateHash);
        Assert.Equal(whole.Ledger, other.Ledger);
        Assert.Equal(whole.Curve(), other.Curve());
    }
}
