using System.Globalization;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>Whatever is changed in a run's folder is found and named.</summary>
public sealed class VerifyTests(FinishedRun finished) : IClassFixture<FinishedRun>, IDisposable
{
    private readonly FinishedRun.Copy _run = finished.CopyForChange();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Verify_FinishedRun_Passes()
    {
        var outcome = _run.Verify().Gives(ExitCode.Done);

        Assert.Equal(
            "20 steps in the ledger, 3 checkpoints; 20 steps and 2 evaluations executed again: all as recorded.", outcome.OutLines[0]);
        Assert.Matches("^root hash [0-9a-f]{64}$", outcome.OutLines[1]);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void Verify_MoreStepsThanThereAre_ExecutesTheWholeRunAgain()
    {
        var outcome = _run.Verify("--steps", "1000000", "--json").Gives(ExitCode.Done);

        var report = RunFiles.Parse(outcome.Out);
        Assert.Equal(
            Enumerable.Range(0, TinySpec.Steps), report.GetProperty("replayed").EnumerateArray().Select(step => step.GetInt32()));
        Assert.Equal(0, report.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public void Verify_FromTo_ExecutesTheseStepsFromTheCheckpointBeforeThem()
    {
        var report = RunFiles.Parse(_run.Verify("--from", "14", "--to", "17", "--json").Gives(ExitCode.Done).Out);
        Assert.Equal([12, 13, 14, 15, 16, 17], report.GetProperty("replayed").EnumerateArray().Select(step => step.GetInt32()));

        Forgery.ChangeState(_run.Files, 17);
        _run.Finds("step 17: executed again", "--from", "14", "--to", "17");
        _run.Verify("--from", "0", "--to", "16").Gives(ExitCode.Done);
        Assert.Contains("--to not before --from", _run.Verify("--from", "3", "--to", "2").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)] // the header's length
    [InlineData(0.001)] // metadata
    [InlineData(0.5)] // weights
    [InlineData(0.9999)] // the optimizer's last moment
    public void Verify_OneBitOfACheckpointFlipped_NamesItsStep(double place)
    {
        foreach (var step in (int[])[12, 16, 20])
        {
            using var run = finished.CopyForChange();
            run.ChangeByte($"checkpoints/step-{step}.safetensors", place);

            run.Finds($"step {step}:");
        }
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("state")]
    [InlineData("chain")]
    [InlineData("step")]
    public void Verify_OneDigitOfTheLedgerChanged_NamesItsStep(string field)
    {
        foreach (var step in (int[])[0, 10, 19])
        {
            using var run = finished.CopyForChange();
            run.ChangeDigit("ledger.jsonl", step, $"\"{field}\":");

            run.Finds($"step {step}");
        }
    }

    [Fact]
    public void Verify_LinesOfTheLedgerGone_NamesTheStep()
    {
        _run.Edit("ledger.jsonl", text => string.Join('\n', text.Split('\n').Where((_, line) => line is not 7)));

        _run.Finds("step 7");
    }

    [Theory]
    [InlineData("metrics.jsonl", "\"accuracy\":")]
    [InlineData("spec.yaml", "seed:")]
    [InlineData("spec.yaml", "epochs:")]
    [InlineData("spec.yaml", "size:")]
    [InlineData("spec.yaml", "train:")]
    [InlineData("summary.json", "\"stateHash\": \"")]
    [InlineData("summary.json", "\"robustAccuracy\":")]
    [InlineData("summary.json", "\"digest\": \"")]
    [InlineData("checkpoints/checkpoints.json", "\"latest\":")]
    [InlineData("checkpoints/checkpoints.json", "\"sha256\": \"")]
    [InlineData("checkpoints/checkpoints.json", "\"stateHash\": \"")]
    public void Verify_OneDigitOfAFileChanged_NamesTheFile(string file, string after)
    {
        _run.ChangeDigit(file, 0, after);

        _run.Finds(file);
    }

    [Theory]
    [InlineData("spec.yaml", "name: glyphs", "name: glyphz")]
    [InlineData("spec.yaml", "epochs: 2", "epoch: 2")]
    [InlineData("spec.yaml", "units: 10", "units: 11")]
    [InlineData("spec.yaml", "epochs: 2", "epochs: 2 # nothing but a comment")]
    [InlineData("summary.json", "\"status\"", "status")]
    [InlineData("checkpoints/checkpoints.json", "step-12.safetensors", "step-13.safetensors")]
    public void Verify_FileChangedSoThatItCannotBeUsed_NamesTheFile(string file, string from, string to)
    {
        _run.Edit(file, text => text.Replace(from, to, StringComparison.Ordinal));

        _run.Finds(file);
    }

    [Theory]
    [InlineData("ledger.jsonl")]
    [InlineData("metrics.jsonl")]
    [InlineData("checkpoints/checkpoints.json")]
    [InlineData("checkpoints/step-16.safetensors")]
    [InlineData("summary.json")]
    [InlineData("report.html")]
    public void Verify_FileGone_NamesIt(string file)
    {
        File.Delete(_run.Files[file]);

        _run.Finds(Path.GetFileName(file));
    }

    [Fact]
    public void Verify_Json_ListsTheProblems()
    {
        _run.ChangeDigit("ledger.jsonl", 4, "\"loss\":");

        var report = RunFiles.Parse(_run.Verify("--json").Gives(ExitCode.Difference).Out);

        Assert.Contains(
            report.GetProperty("problems").EnumerateArray(), problem => problem.GetString()!.Contains("step 4", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(19)]
    public void Verify_ForgedStepWithEveryHashMadeToFit_IsFoundByExecutingItAgain(int step)
    {
        using var run = finished.CopyForChange();
        Forgery.ChangeState(run.Files, step);
        run.Verify("--steps", "0").Gives(step == 19 ? ExitCode.Difference : ExitCode.Done);

        run.Finds(string.Create(CultureInfo.InvariantCulture, $"step {step}: executed again"), "--steps", "1000000");
        run.Finds(string.Create(CultureInfo.InvariantCulture, $"step {step}: executed again"));
    }
}
