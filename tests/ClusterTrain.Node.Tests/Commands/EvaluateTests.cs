using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class EvaluateTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public void Evaluate_SpecsOwnAttack_GivesTheSummarysFigures(string workers)
    {
        var report = Json("--workers", workers);

        var test = finished.Files.Summary().GetProperty("test");
        Assert.Equal(100, report.GetProperty("rows").GetInt32());
        Assert.Equal(Number(test, "accuracy"), Number(report, "clean"));
        var attack = Assert.Single(report.GetProperty("attacks").EnumerateArray());
        Assert.Equal(test.GetProperty("attack").GetString(), attack.GetProperty("attack").GetString());
        Assert.Equal(Number(test, "robustAccuracy"), Number(attack, "robustAccuracy"));
        Assert.Equal(Number(test, "robustAccuracy"), Number(report, "worstCase"));
    }

    [Fact]
    public void Evaluate_Coadaptation_ReportsEachHiddenLayer()
    {
        var layer = Assert.Single(Json("--coadaptation").GetProperty("coadaptation").EnumerateArray());

        Assert.Equal((0, 16), (layer.GetProperty("layer").GetInt32(), layer.GetProperty("units").GetInt32()));
        Assert.InRange(Number(layer, "meanCorrelation"), 0.01, 0.99);
        Assert.Contains("Co-adaptation, ", finished.Run("evaluate", "run", "--coadaptation").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.False(Json().TryGetProperty("coadaptation", out _));
    }

    [Fact]
    public void Evaluate_BestStateIsNotTheLast_GivesTheSummarysFigures()
    {
        using var shell = new Shell();
        var run = shell.Train(
            "run", "--set", "epochs=4", "--set", "earlyStopping.metric=loss",
            "--set", "earlyStopping.minDelta=5", "--set", "earlyStopping.patience=0", "--workers", "4");
        Assert.Equal(10, run.Summary().GetProperty("bestStep").GetInt32());

        var report = RunFiles.Parse(shell.Run("evaluate", "run", "--json").Gives(ExitCode.Done).Out);

        Assert.Equal(Number(run.Summary().GetProperty("test"), "accuracy"), Number(report, "clean"));
        Assert.Equal(Number(run.Summary().GetProperty("test"), "robustAccuracy"), Number(report, "worstCase"));
    }

    // Mostly noise and many rows, so that other random starts would give another figure.
    [Fact]
    public void Evaluate_AttackThatIsMostlyItsRandomStart_GivesTheSummarysFigures()
    {
        using var shell = new Shell();
        var run = shell.Train(
            "run", "--set", "data.test=2000", "--set", "evaluation.testAttack.epsilon=0.4", "--set", "evaluation.testAttack.steps=1",
            "--set", "evaluation.testAttack.stepSize=0.001");

        var report = RunFiles.Parse(shell.Run("evaluate", "run", "--json", "--workers", "3").Gives(ExitCode.Done).Out);

        Assert.Equal(Number(run.Summary().GetProperty("test"), "robustAccuracy"), Number(report, "worstCase"));
    }

    [Fact]
    public void Evaluate_SeveralAttacks_WorstCaseIsAtMostEach()
    {
        var report = Json("--attack", "fgsm eps=0.02", "--attack", "pgd l2 eps=0.3 step=0.1 steps=3", "--attack", "pgd eps=0.01 step=0.01 steps=3");

        var attacks = report.GetProperty("attacks").EnumerateArray().ToList();
        Assert.Equal(3, attacks.Count);
        Assert.All(attacks, attack =>
        {
            Assert.InRange(Number(attack, "robustAccuracy"), Number(report, "worstCase"), Number(report, "clean"));
            Assert.True(Number(attack, "largestPerturbation") > 0);
        });
        Assert.NotEmpty(report.GetProperty("checks").EnumerateArray());
    }

    [Fact]
    public void Evaluate_Rows_MeasuresTheFirstOnes() => Assert.Equal(40, Json("--rows", "40").GetProperty("rows").GetInt32());

    [Theory]
    [InlineData("0", ExitCode.Done)]
    [InlineData("1", ExitCode.Difference)]
    public void Evaluate_FailUnder_DecidesTheExitCode(string share, int code) =>
        finished.Run("evaluate", "run", "--attack", "pgd eps=0.3 step=0.1 steps=5", "--fail-under", share).Gives(code);

    [Fact]
    public void Evaluate_Text_ShowsCleanAttacksAndWorstCase()
    {
        var outcome = finished.Run("evaluate", "run", "--attack", "fgsm eps=0.05", "--attack", "fgsm eps=0.1").Gives(ExitCode.Done);

        var lines = outcome.OutLines.Select(line => line.Trim()).ToList();
        Assert.Equal("Accuracy on 100 test rows:", lines[0]);
        Assert.Matches(@"^clean +\d+\.\d%$", lines[1]);
        Assert.Matches(@"^fgsm linf eps=0\.05 +\d+\.\d%$", lines[2]);
        Assert.Matches(@"^fgsm linf eps=0\.1 +\d+\.\d%$", lines[3]);
        Assert.Matches(@"^worst case over all attacks +\d+\.\d%$", lines[4]);
        Assert.Contains("Sanity checks:", lines);
    }

    [Fact]
    public void Evaluate_Worst_IsTheStandardSequenceOnWhatStands()
    {
        var report = Json("--attack", "worst linf eps=0.05", "--attack", "fgsm linf eps=0.02");

        var sequence = Assert.Single(report.GetProperty("sequences").EnumerateArray());
        Assert.Equal("worst linf eps=0.05", sequence.GetProperty("name").GetString());
        var stages = sequence.GetProperty("stages").EnumerateArray().ToList();
        Assert.Equal(
            ["apgd-ce", "apgd-dlr", "apgd-targeted", "pgd", "square"],
            stages.Select(stage => stage.GetProperty("attack").GetString()!.Split(' ')[0]));
        var standing = (int)Math.Round(100 * Number(report, "clean"));
        foreach (var stage in stages)
        {
            Assert.Equal(standing, stage.GetProperty("attacked").GetInt32());
            standing -= stage.GetProperty("broken").GetInt32();
            Assert.Equal(standing / 100.0, Number(stage, "robustAccuracy"), 1e-12);
        }

        Assert.Equal(standing / 100.0, Number(sequence, "robustAccuracy"), 1e-12);
        Assert.InRange(Number(report, "worstCase"), 0, Number(sequence, "robustAccuracy"));
        Assert.InRange(Number(report, "worstCase"), 0, Number(report.GetProperty("attacks")[0], "robustAccuracy"));
    }

    [Fact]
    public void Evaluate_WorstAsText_ShowsEachAttackAndTheChecks()
    {
        var outcome = finished.Run("evaluate", "run", "--attack", "worst", "--rows", "30").Gives(ExitCode.Done);

        // Norm and epsilon are those of the spec's test attack.
        Assert.Contains("worst linf eps=0.01, each attack on the rows that still stand:", outcome.OutLines);
        Assert.Contains(outcome.OutLines, line => Regex.IsMatch(line, @"^  square linf eps=0\.01 queries=5000 +\d+ +\d+ \(\d+\.\d%\) +\d+\.\d% +\d+\.\d s$"));
        Assert.Contains(outcome.OutLines, line => line.Contains("no black-box attack beats the white-box attacks", StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_WorstOfARunWithoutAttacks_SaysHowToNameTheBall()
    {
        using var shell = new Shell();
        shell.Train("run", "--set", "adversarial.attack.method=none", "--set", "evaluation.testAttack.method=none", "--set", "evaluation.validationAttack.method=none");

        shell.Refuses(["evaluate", "run", "--attack", "worst"], ["error: --attack: eps: is missing", "worst linf eps=0.1", "evaluation.testAttack"]);
        shell.Refuses(["evaluate", "run", "--attack", "worst momentum=1", "--attack", "apgd-ce targets=2"], ["apgd-ce has no option"], ["worst has no option"]);
    }

    private JsonElement Json(params string[] args) =>
        RunFiles.Parse(finished.Run(["evaluate", "run", "--json", .. args]).Gives(ExitCode.Done).Out);

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
