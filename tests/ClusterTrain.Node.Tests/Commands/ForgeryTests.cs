using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>
/// A liar who makes every hash fit what he changed. Each row of the table in docs/reliability.md is a case here.
/// </summary>
public sealed class ForgeryTests(FinishedRun finished) : IClassFixture<FinishedRun>, IDisposable
{
    private readonly FinishedRun.Copy _run = finished.CopyForChange();

    private RunFolder Folder => new(_run.Files.FullPath);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Verify_ForgedTestAccuracy_IsMeasuredAgain()
    {
        Change(summary => summary with { Test = summary.Test! with { Accuracy = summary.Test.Accuracy + 0.01 } });

        _run.Finds("summary.json: test: accuracy is recorded as");
    }

    [Fact]
    public void Verify_ForgedRobustAccuracyInBothFiles_IsMeasuredAgain()
    {
        var old = SummaryFile.Read(Folder).Test!.RobustAccuracy!.Value;
        ChangeMetrics($"\"split\":\"test\"", FormattableString.Invariant($"\"robustAccuracy\":{old:R}"), "\"robustAccuracy\":1");
        Change(summary => summary with { Test = summary.Test! with { RobustAccuracy = 1 } });

        _run.Finds("test: robust accuracy is recorded as 1");
    }

    [Fact]
    public void Verify_ForgedCurveAndSummaryTogether_IsMeasuredAgain()
    {
        var old = SummaryFile.Read(Folder).Validation!.Accuracy;
        ChangeMetrics("\"split\":\"validation\"", FormattableString.Invariant($"\"accuracy\":{old:R}"), "\"accuracy\":1", $"\"step\":{TinySpec.Steps},");
        Change(summary => summary with { Validation = summary.Validation! with { Accuracy = 1 } });

        _run.Finds($"metrics.jsonl: validation at step {TinySpec.Steps}: accuracy is recorded as 1");
    }

    [Fact]
    public void Verify_ForgedLossOfACurve_IsFoundByAll()
    {
        // At step 10 there is no checkpoint.
        ChangeMetrics("\"split\":\"validation\"", "\"loss\":", "\"loss\":1", "\"step\":10,");
        Change(summary => summary);
        _run.Verify().Gives(ExitCode.Done);

        _run.Finds("metrics.jsonl: validation at step 10: loss is recorded as", "--all");
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(13, 14)]
    public void Verify_ForgedLinesWithChainAndSeals_AreExecutedAgain(int first, int last)
    {
        Forgery.ChangeStates(_run.Files, step => step >= first && step <= last);

        _run.Finds($"step {first}: executed again");
    }

    [Fact]
    public void Verify_ForgedLinesAmongMoreThanIsExecuted_NeedAnAnchorOrAll()
    {
        var root = SummaryFile.Root(Folder);
        Forgery.ChangeStates(_run.Files, step => step is >= 7 and <= 9);
        _run.Verify("--steps", "3").Gives(ExitCode.Done);

        _run.Finds($"not {root}: something in it was changed", "--steps", "3", "--against", root);
        _run.Finds("step 7: executed again", "--all");
    }

    [Fact]
    public void Verify_FiguresThatNobodyCanComputeAgain_NeedAnAnchor()
    {
        var root = SummaryFile.Root(Folder);
        Change(summary => summary with { Seconds = 0.1, ExamplesPerSecond = 1e9, Workers = 1000, Engine = "akka" });
        _run.Verify().Gives(ExitCode.Done);

        _run.Finds($"not {root}: something in it was changed", "--against", root);
    }

    [Fact]
    public void Verify_ForgedCountsAndHashes_AreCountedAgain()
    {
        Change(summary => summary with { Parameters = 1, Steps = 21, StateHash = new string('0', 64), Run = "other" });

        _run.Finds("summary.json: parameters is 1");
        _run.Finds("summary.json: steps is 21");
        _run.Finds("summary.json: run is other");
        _run.Finds("summary.json says stateHash");
    }

    [Fact]
    public void Verify_ReportChanged_IsFoundAlsoWhenItsHashIsMadeAnew()
    {
        var root = SummaryFile.Root(Folder);
        _run.Edit("report.html", text => text + "<p>better</p>");
        _run.Finds("report.html was changed");

        Change(summary => summary);
        _run.Verify().Gives(ExitCode.Done);
        _run.Finds("something in it was changed", "--against", root);
    }

    [Theory]
    [InlineData("7\n", "claim counts 7 sessions, summary.json says 1")]
    [InlineData("no number", "claim was changed")]
    public void Verify_ClaimChanged_IsFound(string content, string finding)
    {
        File.WriteAllText(_run.Files["claim"], "1\n");
        _run.Verify().Gives(ExitCode.Done);
        File.WriteAllText(_run.Files["claim"], content);

        _run.Finds(finding);
    }

    [Fact]
    public void Verify_CheckpointThatNoIndexNames_IsFound()
    {
        File.Copy(_run.Files["checkpoints/step-16.safetensors"], _run.Files["checkpoints/step-17.safetensors"]);

        _run.Finds("checkpoints/step-17.safetensors is in no index");
    }

    [Fact]
    public void Verify_CheckpointOfAnotherStateWithEveryHashMadeToFit_IsFound()
    {
        Forgery.ChangeCheckpoint(_run.Files, 16, 12);

        _run.Finds("step 16: the checkpoint's state has fingerprint", "--steps", "0");
    }

    [Fact]
    public void Verify_EvaluationLeftOut_IsFound()
    {
        _run.Edit("metrics.jsonl", text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Change(summary => summary);

        _run.Finds("metrics.jsonl: line 1 is not the evaluation that is due there");
    }

    [Fact]
    public void Verify_UnchangedRun_PassesWithAllAndAgainstItsRoot() =>
        _run.Verify("--all", "--against", SummaryFile.Root(Folder)).Gives(ExitCode.Done);

    private void Change(Func<RunSummary, RunSummary> change) => SummaryFile.Write(Folder, change(SummaryFile.Read(Folder)));

    private void ChangeMetrics(string line, string from, string to, string also = "") => _run.Edit("metrics.jsonl", text => string.Join('\n', text.Split('\n')
        .Select(one => one.Contains(line, StringComparison.Ordinal) && one.Contains(also, StringComparison.Ordinal) ? one.Replace(from, to, StringComparison.Ordinal) : one)));
}
