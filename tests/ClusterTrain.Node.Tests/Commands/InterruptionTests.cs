using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class InterruptionTests : IDisposable
{
    private readonly Shell _shell = new();

    public InterruptionTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Resume_WithAnotherKey_NamesItAndHowANewRunStartsFromTheOld()
    {
        _shell.Train("parts");

        var outcome = _shell.Run("train", "--resume", "--out", "parts", "--set", "epochs=3");

        Assert.NotEqual(ExitCode.Done, outcome.Code);
        foreach (var words in (string[])["holds a run with another spec", "Differing: epochs (2 there, 3 asked for)", "initialization.from=FOLDER"])
            Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupt_AfterTheFirstEpoch_SavesAndSaysHowToGoOn()
    {
        var outcome = _shell.RunUntil("epoch     1/2", "train", "tiny.yaml").Gives(ExitCode.Interrupted);

        Assert.Equal(
            $"Interrupted at step 10 of 20; the state is saved. Go on with: clustertrain train --resume --out {Path.Combine("runs", "tiny")}",
            Assert.Single(outcome.ErrorLines));
        var summary = _shell.FirstRun.Summary();
        Assert.Equal("interrupted", _shell.FirstRun.Status);
        Assert.Equal(10, summary.GetProperty("steps").GetInt32());
        Assert.Equal(10, _shell.FirstRun.CheckpointSteps()[^1]);
    }

    [Theory]
    [InlineData("TERM", 128 + 15)]
    [InlineData("HUP", 128 + 1)]
    public void CommandWithNothingToSave_ASignal_EndsItAsAnyProgram(string signal, int code)
    {
        using var bench = new ProgramProcess(_shell.Folder, "bench", "gemm");
        bench.WaitUntilSaid("GFLOP/s");

        bench.Signal(signal);

        Assert.Equal(code, bench.Exit().Code);
    }

    [Theory]
    [MemberData(nameof(TinySpec.Variants), MemberType = typeof(TinySpec))]
    public void Resume_AfterTheFirstEpoch_ComesToTheSameBits(string[] variant)
    {
        var whole = Baseline.Of(variant);
        _shell.RunUntil("epoch     1/2", ["train", "tiny.yaml", "--out", "parts", .. variant]).Gives(ExitCode.Interrupted);

        _shell.Run("train", "--resume", "--out", "parts", "--workers", "3").Gives(ExitCode.Done);

        AssertSame(whole, _shell.RunAt("parts"));
    }

    // One worker looks at the clock twice for each of a step's eight shards, so the points lie in different steps, amid
    // shards, in the evaluation between the epochs, and in the one at the end.
    [Theory]
    [InlineData(9)]
    [InlineData(75)]
    [InlineData(164)]
    [InlineData(327)]
    public void Resume_AfterAnyMoment_ComesToTheSameBits(int reading)
    {
        var whole = Baseline.Of();
        _shell.RunUntilReading(reading, "train", "tiny.yaml", "--workers", "1", "--out", "parts").Gives(ExitCode.Interrupted);
        Assert.Equal("interrupted", _shell.RunAt("parts").Status);
        _shell.Run("verify", "parts").Gives(ExitCode.Done);

        _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        AssertSame(whole, _shell.RunAt("parts"));
    }

    [Fact]
    public void Resume_BestStateIsBehind_HandsOverTheSameBestState()
    {
        string[] firstStaysBest = ["--set", "epochs=3", "--set", "earlyStopping.metric=loss", "--set", "earlyStopping.minDelta=5", "--set", "earlyStopping.patience=0"];
        var whole = Baseline.Of(firstStaysBest);
        _shell.RunUntil("epoch     2/3", ["train", "tiny.yaml", "--out", "parts", .. firstStaysBest]).Gives(ExitCode.Interrupted);
        Assert.NotEqual(whole.StateHash, _shell.RunAt("parts").StateHash);

        _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        Assert.Equal(10, whole.Summary().GetProperty("bestStep").GetInt32());
        AssertSame(whole, _shell.RunAt("parts"));
    }

    [Fact]
    public void Resume_InterruptedBeforeTheFirstStep_ComesToTheSameBits()
    {
        var whole = Baseline.Of();
        var outcome = _shell.RunUntilReading(1, "train", "tiny.yaml", "--out", "parts").Gives(ExitCode.Interrupted);
        Assert.Contains("Interrupted at step 0 of 20", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", _shell.RunAt("parts").Ledger);

        _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);

        AssertSame(whole, _shell.RunAt("parts"));
    }

    [Fact]
    public void Resume_InterruptedAgainAndAgain_ComesToTheSameBits()
    {
        var whole = Baseline.Of();
        _shell.RunUntilReading(40, "train", "tiny.yaml", "--workers", "1", "--out", "parts").Gives(ExitCode.Interrupted);
        var steps = new List<int> { Steps() };
        for (var code = ExitCode.Interrupted; code == ExitCode.Interrupted; steps.Add(Steps()))
            code = _shell.RunUntilReading(70, "train", "--resume", "--workers", "1", "--out", "parts").Code;

        Assert.True(steps.Count > 4 && steps.SequenceEqual(steps.Order()), string.Join(", ", steps));
        AssertSame(whole, _shell.RunAt("parts"));

        int Steps() => _shell.RunAt("parts").Summary().GetProperty("steps").GetInt32();
    }

    [Fact]
    public void Resume_WithoutFolder_TakesTheNewestRunOfTheSpecsName()
    {
        _shell.Run("train", "tiny.yaml").Gives(ExitCode.Done);
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml").Gives(ExitCode.Interrupted);

        var outcome = _shell.Run("train", "tiny.yaml", "--resume").Gives(ExitCode.Done);

        Assert.Contains("Going on from step 10 of 20.", outcome.OutLines);
        AssertSame(_shell.FirstRun, _shell.RunAt("runs/tiny-2"));
    }

    [Fact]
    public void Resume_FinishedRun_SaysSoAndChangesNothing()
    {
        _shell.Train("done");
        var before = _shell.Snapshot();

        var outcome = _shell.Run("train", "--resume", "--out", "done").Gives(ExitCode.Done);

        Assert.Contains("The run is complete already; nothing was changed.", outcome.OutLines);
        Assert.Contains(_shell.RunAt("done").StateHash, outcome.Out, StringComparison.Ordinal);
        Assert.Equal(before, _shell.Snapshot());
    }

    [Fact]
    public void Interrupt_Json_StillPrintsOneDocument()
    {
        var outcome = _shell.RunUntilReading(75, "train", "tiny.yaml", "--json", "--out", "out").Gives(ExitCode.Interrupted);

        Assert.Equal("interrupted", RunFiles.Parse(outcome.Out).GetProperty("status").GetString());
    }

    private static void AssertSame(RunFiles whole, RunFiles parts)
    {
        Assert.Equal(whole.StateHash, parts.StateHash);
        Assert.Equal(whole.Ledger, parts.Ledger);
        Assert.Equal(whole.Curve(), parts.Curve());
    }
}
