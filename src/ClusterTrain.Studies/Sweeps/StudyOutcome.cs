using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>What one run of a study came to. Accuracies are shares of rows, 0 to 1; all are null when it has no result.</summary>
/// <param name="Status">Null when it diverged or failed; <paramref name="Trouble"/> says how.</param>
/// <param name="EpochsToBest">
/// Epochs up to the state that is the result when the spec tracks the best one, else up to the first evaluation with the
/// highest validation accuracy.
/// </param>
public sealed record StudyOutcome(
    long Seed,
    string Folder,
    RunStatus? Status,
    string? Trouble,
    string? StateHash,
    double? TestAccuracy,
    double? TestRobustAccuracy,
    double? TrainAccuracy,
    double? ValidationAccuracy,
    double? ValidationRobustAccuracy,
    double? EpochsToBest)
{
    /// <summary>How much better training rows are classified than test rows.</summary>
    public double? Gap => TrainAccuracy - TestAccuracy;

    internal static StudyOutcome Of(StudyRun run, RunFolder folder, RunPlan plan, RunSummary summary) => new(
        run.Seed, run.Folder, summary.Status, null, summary.StateHash,
        summary.Test?.Accuracy, summary.Test?.RobustAccuracy, summary.Train?.Accuracy,
        summary.Validation?.Accuracy, summary.Validation?.RobustAccuracy,
        summary.Status == RunStatus.Interrupted ? null : BestEpoch(folder, plan, summary));

    internal static StudyOutcome Failed(StudyRun run, string trouble) =>
        new(run.Seed, run.Folder, null, trouble, null, null, null, null, null, null, null);

    private static double? BestEpoch(RunFolder folder, RunPlan plan, RunSummary summary) =>
        plan.Spec.EarlyStopping.Metric != StoppingMetric.None
            ? plan.EpochAt(summary.BestStep)
            : MetricsFile.Read(folder.MetricsPath)
                .Where(record => record.Split == MetricsRecord.Validation)
                .MaxBy(record => (record.Accuracy, -record.Step))?.Epoch;
}
