using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class DivergenceTests : IDisposable
{
    // The penalty alone multiplies each weight by 1 - 2 * 100 in every step.
    private static readonly string[] TooFast =
        ["--set", "optimizer.type=sgd", "--set", "optimizer.learningRate=100", "--set", "regularization.l2=1", "--set", "epochs=100"];

    private readonly Shell _shell = new();

    public DivergenceTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_LearningRateFarTooHigh_StopsAtTheStepAndKeepsAGoodCheckpoint()
    {
        var outcome = _shell.Run(["train", "tiny.yaml", "--out", "out", "--set", "checkpoints.everySteps=1", .. TooFast]).Gives(ExitCode.Failed);

        var run = _shell.RunAt("out");
        var step = run.JsonLines("ledger.jsonl").Count;
        var last = run.CheckpointSteps()[^1];
        Assert.True(last > 0 && last <= step, $"the last checkpoint is of step {last}, the run diverged in step {step}");
        var line = outcome.ErrorLines[^1];
        Assert.StartsWith($"error: step {step}: the run diverged", line, StringComparison.Ordinal);
        Assert.Contains($"The last good checkpoint is step {last} in out", line, StringComparison.Ordinal);
        Assert.False(File.Exists(run["summary.json"]));
        _shell.Run("verify", "out").Gives(ExitCode.Done);
        _shell.Run("evaluate", "out").Gives(ExitCode.Done);
    }

    [Fact]
    public void Train_DivergesBeforeACheckpoint_SaysThatThereIsNone()
    {
        var outcome = _shell.Run(["train", "tiny.yaml", "--out", "out", "--set", "checkpoints.everySteps=1000000", "--set", "evaluation.everyEpochs=100", .. TooFast])
            .Gives(ExitCode.Failed);

        Assert.Contains("There is no checkpoint yet.", outcome.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumedAfterDivergence_SaysItAgainAndChangesNothing()
    {
        var first = _shell.Run(["train", "tiny.yaml", "--out", "out", .. TooFast]).Gives(ExitCode.Failed);
        var before = _shell.Snapshot();

        var again = _shell.Run("train", "--resume", "--out", "out").Gives(ExitCode.Failed);

        Assert.Equal(first.ErrorLines[^1], again.ErrorLines[^1]);
        Assert.Contains("The run is over already; nothing was changed.", again.OutLines);
        Assert.Equal(before, _shell.Snapshot());
    }

    [Fact]
    public void Train_ResumedWithoutTheMarkOfDivergence_DivergesAtTheSameStep()
    {
        var first = _shell.Run(["train", "tiny.yaml", "--out", "out", .. TooFast]).Gives(ExitCode.Failed);
        File.Delete(_shell[Path.Combine("out", "diverged.json")]);

        var again = _shell.Run("train", "--resume", "--out", "out").Gives(ExitCode.Failed);

        Assert.Equal(Step(first), Step(again));

        // Which of a step's shards is seen to diverge first depends on the workers.
        static string Step(Outcome outcome) => outcome.ErrorLines[^1][..outcome.ErrorLines[^1].IndexOf(": the run diverged", StringComparison.Ordinal)];
    }

    // One step an epoch, so that each state is measured before the next step can fail; clean scores overflow at last.
    [Theory]
    [InlineData("none")]
    [InlineData("loss")]
    public void Train_OneStepAnEpoch_StopsWithOneClearLine(string metric)
    {
        var outcome = _shell.Run(
            ["train", "tiny.yaml", "--out", "out", "--set", "batch.size=400", "--set", $"earlyStopping.metric={metric}",
             "--set", "earlyStopping.patience=0", .. TooFast]).Gives(ExitCode.Failed);

        Assert.Contains(": the run diverged: ", outcome.ErrorLines[^1], StringComparison.Ordinal);
        _shell.Run("verify", "out").Gives(ExitCode.Done);
    }
}
