using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Verification;

/// <summary>
/// Whether the figures that a run reports are those of its states: the curve in <c>metrics.jsonl</c>, the results in
/// <c>summary.json</c>, and both against each other.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="summary">Its summary; null where there is none.</param>
/// <param name="steps">Steps in its ledger.</param>
/// <param name="problems">Where differences go, a line each.</param>
internal sealed class FigureCheck(StoredRun run, RunSummary? summary, long steps, List<string> problems)
{
    private readonly IReadOnlyList<MetricsRecord> _metrics = Read(run, problems);

    /// <summary>Evaluations that were made again.</summary>
    public int Count { get; private set; }

    /// <summary>Collapses of training on one step that the curve shows.</summary>
    public CollapseState Collapse => RecordedCollapse.Of(run, _metrics);

    /// <summary>What can be said without computing: which lines there must be, and that the summary repeats them.</summary>
    public void Shape()
    {
        var (plan, closing) = (run.Context.Plan, summary is { Status: not RunStatus.Interrupted });
        List<(long, string)> expected = [];
        for (var step = 1L; step <= steps; step++)
            if (plan.IsEvaluationDue(step)) expected.Add((step, MetricsRecord.Validation));
        if (closing) expected.AddRange([(summary!.BestStep, MetricsRecord.NameOf(Split.Train)), (summary.BestStep, MetricsRecord.NameOf(Split.Test))]);
        List<(long, string)> found = [.. _metrics.Select(line => (line.Step, line.Split))];
        // A run that was stopped amid its newest evaluation has no line of it yet.
        var isOpen = !closing && expected.Count == found.Count + 1;
        if (!(isOpen ? expected[..^1] : expected).SequenceEqual(found))
        {
            var different = expected.Zip(found).TakeWhile(pair => pair.First == pair.Second).Count();
            problems.Add($"{RunFolder.MetricsName}: line {different + 1} is not the evaluation that is due there, or lines are missing or too many");
        }

        foreach (var line in _metrics.Where(line => line.Epoch != plan.EpochAt(line.Step) || line.Attack != AttackOf(line.Split)))
            problems.Add($"{RunFolder.MetricsName}: the {line.Split} line of step {line.Step} names another epoch or attack than the spec's");
        if (summary is not null) Repeats(summary);
    }

    /// <summary>Measures the state of a step again, when there is a validation line for it.</summary>
    public void Validate(ModelState model, VerifyOptions options)
    {
        if (_metrics.FirstOrDefault(line => line.Step == model.Version && line.Split == MetricsRecord.Validation) is not { } line) return;
        Count++;
        var samples = FigureSample.Measure(run, model, WorkKind.Validate, options);
        var where = $"{RunFolder.MetricsName}: validation at step {line.Step}";
        problems.AddRange(samples[Split.Validation].Problems(where, line.Accuracy, line.RobustAccuracy, line.Loss));
        if (line.TrainAccuracy is null == samples.ContainsKey(Split.Train)) problems.Add($"{where}: a training accuracy is missing, or was not asked for");
        else if (line.TrainAccuracy is { } train) problems.AddRange(samples[Split.Train].Problems($"{where}, training rows", train, null));
        if (line.OneStepAccuracy is { } one && !samples.ContainsKey(Split.OneStep)) problems.Add($"{where}: there is an accuracy under one step, which is not measured");

        // Runs from before it was measured have none, and decided nothing by it.
        else if (line.OneStepAccuracy is null && run.Context.Spec is { WatchesOneStep: true, Adversarial.Collapse: not CollapseChoice.Warn })
            problems.Add($"{where}: the accuracy under one step is missing");
        else if (line.OneStepAccuracy is { } share) problems.AddRange(samples[Split.OneStep].OfAttack($"{where}, under the training attack", share));
    }

    /// <summary>Measures the result again.</summary>
    public void Conclude(ModelState result, VerifyOptions options)
    {
        if (summary is not { Train: { } train, Test: { } test }) return;
        Count++;
        var samples = FigureSample.Measure(run, result, WorkKind.Conclude, options);
        problems.AddRange(samples[Split.Train].Problems($"{RunFolder.SummaryName}: train", train.Accuracy, null, train.Loss));
        problems.AddRange(samples[Split.Test].Problems($"{RunFolder.SummaryName}: test", test.Accuracy, test.RobustAccuracy));
        foreach (var line in _metrics.Where(line => line.Split == MetricsRecord.NameOf(Split.Test)))
            problems.AddRange(samples[Split.Test].Problems($"{RunFolder.MetricsName}: test", line.Accuracy, line.RobustAccuracy, line.Loss));
        if (SummaryBuilder.Doubt(run.Context, result, Environment.ProcessorCount) is var doubt && doubt != test.Doubt)
            problems.Add($"{RunFolder.SummaryName}: test has doubt {test.Doubt ?? "none"}, checked again it is {doubt ?? "none"}");
    }

    private static IReadOnlyList<MetricsRecord> Read(StoredRun run, List<string> problems)
    {
        try
        {
            if (MetricsFile.TornBytes(run.Folder.MetricsPath) > 0)
                problems.Add($"{RunFolder.MetricsName}: its last line is torn: its writer was killed; --resume drops and rewrites it");
            return MetricsFile.Read(run.Folder.MetricsPath);
        }
        catch (FileFailureException failure)
        {
            problems.Add(failure.Message);
            return [];
        }
    }

    private string? AttackOf(string split)
    {
        var spec = run.Context.Spec.Evaluation;
        var attack = split == MetricsRecord.Validation ? spec.ValidationAttack : split == MetricsRecord.NameOf(Split.Test) ? spec.TestAttack : new NoAttack();
        return attack is NoAttack ? null : AttackText.Print(attack);
    }

    private void Repeats(RunSummary summary)
    {
        var plan = run.Context.Plan;
        Same("run", summary.Run, run.Context.Spec.Name);
        Same("steps", summary.Steps, steps);
        Same("epochs", summary.Epochs, plan.EpochAt(steps));
        Same("parameters", summary.Parameters, plan.Network.ParameterCount - plan.Network.StatisticCount);
        Same("test.attack", summary.Test?.Attack, summary.Test is null || plan.TestAttack is null ? null : AttackText.Print(run.Context.Spec.Evaluation.TestAttack));
        var validation = _metrics.Where(line => line.Split == MetricsRecord.Validation).ToList();
        var line = validation.Find(line => line.Step == summary.BestStep) ?? validation.LastOrDefault();
        Same("validation.accuracy", summary.Validation?.Accuracy, line?.Accuracy);
        Same("validation.robustAccuracy", summary.Validation?.RobustAccuracy, line?.RobustAccuracy);
        Same("collapsedAt", summary.CollapsedAt is null ? "" : string.Join(", ", summary.CollapsedAt), string.Join(", ", Collapse.Finds));
        Same("train.accuracy", summary.Train?.Accuracy, Closing(Split.Train)?.Accuracy);
        Same("train.loss", summary.Train?.Loss, Closing(Split.Train)?.Loss);
        Same("test.accuracy", summary.Test?.Accuracy, Closing(Split.Test)?.Accuracy);
        Same("test.robustAccuracy", summary.Test?.RobustAccuracy, Closing(Split.Test)?.RobustAccuracy);
    }

    private MetricsRecord? Closing(Split split) => _metrics.FirstOrDefault(line => line.Split == MetricsRecord.NameOf(split));

    private void Same<T>(string field, T recorded, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(recorded, found))
            problems.Add(FormattableString.Invariant($"{RunFolder.SummaryName}: {field} is {recorded?.ToString() ?? "none"}, by the other files it is {found?.ToString() ?? "none"}"));
    }
}
