using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>What happens to a run's folder, its terminal and its output amid the run.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly Shell _shell = new();

    public DurabilityTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_FolderDeletedAmidTheRun_StopsWithAWordAndMakesNoNewOne()
    {
        var outcome = _shell.RunWatching("epoch     1/2", () => Directory.Delete(_shell["gone"], recursive: true), "train", "tiny.yaml", "--out", "gone");

        outcome.Gives(ExitCode.Failed);
        Assert.Contains("gone was deleted or moved while the run was at work", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell["gone"]));
    }

    [Fact]
    public void Train_FolderMovedAmidTheRun_StopsAndGoesOnFromThere()
    {
        _shell.RunWatching("epoch     1/2", () => Directory.Move(_shell["here"], _shell["there"]), "train", "tiny.yaml", "--out", "here").Gives(ExitCode.Failed);
        Assert.False(Directory.Exists(_shell["here"]));

        _shell.Run("train", "--resume", "--out", "there").Gives(ExitCode.Done);

        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("there").StateHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"latest\":")]
    [InlineData("{\"latest\":7,\"best\":null,\"checkpoints\":[]}")]
    public void Resume_IndexOfCheckpointsDamaged_MakesItAnewAndSaysSo(string content)
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "parts").Gives(ExitCode.Interrupted);
        var steps = _shell.RunAt("parts").CheckpointSteps();
        File.WriteAllText(_shell["parts/checkpoints/checkpoints.json"], content);

        var outcome = _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        Assert.Contains($"it was made anew from the {steps.Count} good checkpoints", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("Going on from step 10 of 20.", outcome.OutLines);
        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("parts").StateHash);
        _shell.Run("verify", "parts").Gives(ExitCode.Done);
    }

    [Fact]
    public void Resume_IndexAndNewestCheckpointDamaged_GoesOnFromTheOneBefore()
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "parts").Gives(ExitCode.Interrupted);
        File.WriteAllText(_shell["parts/checkpoints/checkpoints.json"], "");
        var bytes = File.ReadAllBytes(_shell["parts/checkpoints/step-10.safetensors"]);
        bytes[^4] ^= 1;
        File.WriteAllBytes(_shell["parts/checkpoints/step-10.safetensors"], bytes);

        var outcome = _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        Assert.Contains("Going on from step 8 of 20.", outcome.OutLines);
        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("parts").StateHash);
    }

    [Fact]
    public void Resume_LastLinesTorn_CutsThemAndSaysSo()
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "parts").Gives(ExitCode.Interrupted);
        File.AppendAllText(_shell["parts/ledger.jsonl"], "{\"step\":10,\"st");
        File.AppendAllText(_shell["parts/metrics.jsonl"], "{\"step\":20");

        var outcome = _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        Assert.Equal(
            ["warning: ledger.jsonl: its last line was torn (14 bytes without an end): it is cut off and written again",
                "warning: metrics.jsonl: its last line was torn (10 bytes without an end): it is cut off and written again"],
            outcome.ErrorLines);
        Assert.Equal(Baseline.Of().Ledger, _shell.RunAt("parts").Ledger);
    }

    [Fact]
    public void Train_TerminalGoesAway_SavesAsForTerm()
    {
        if (OperatingSystem.IsWindows()) return;
        using var program = new ProgramProcess(_shell.Folder, "train", "tiny.yaml", "--out", "hung", "--set", "epochs=2000", "--workers", "1");
        program.WaitUntil(() => File.Exists(_shell["hung/checkpoints/checkpoints.json"]));
        program.Signal("HUP");

        program.Exit().Gives(ExitCode.Interrupted);

        Assert.Equal("interrupted", _shell.RunAt("hung").Status);
    }

    [Theory]
    [InlineData("exec \"$@\" > /dev/full")]
    [InlineData("exec \"$@\" >&-")]
    public void Train_OutputFullOrClosed_RunsToItsEnd(string script)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var program = new ProgramProcess(
            _shell.Folder, [], ["sh", "-c", script, "sh"], ["train", "tiny.yaml", "--out", "deaf", "--workers", "1"]);

        program.Exit().Gives(ExitCode.Done);

        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("deaf").StateHash);
    }
}
