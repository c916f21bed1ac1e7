using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>What one run of a study came to. Accuracies are shares of rows, 0 to 1; all are null when it has no result.</summary>
public sealed record StudyOutcome
{
    public required long Seed { get; init; }

    /// <summary>Below the study's, with '/' between names.</summary>
    public required string Folder { get; init; }

    /// <summary>Null when it diverged; <see cref="Trouble"/> says how.</summary>
    public required RunStatus? Status { get; init; }

    public string? Trouble { get; init; }

    public string? StateHash { get; init; }

    public double? TestAccuracy { get; init; }

    public double? TestRobustAccuracy { get; init; }

    public double? TrainAccuracy { get; init; }

    public double? ValidationAccuracy { get; init; }

    public double? ValidationRobustAccuracy { get; init; }

    /// <summary>
    /// Epochs up to the state that is the result when the spec tracks the best one, else up to the first evaluation with the
    /// highest validation accuracy.
    /// </summary>
    public double? EpochsToBest { get; init; }

    /// <summary>How much better training rows are classified than test rows.</summary>
    public double? Gap => TrainAccuracy - TestAccuracy;

    /// <summary>What the runs of a study came to, in their order; null for those that were not begun.</summary>
    public static IReadOnlyList<StudyOutcome?> Of(IReadOnlyList<CellRun> runs, StudyRunner runner, IReadOnlyList<SessionEnd?> ends) =>
        [.. runs.Zip(ends, (run, end) => end is null ? null : Of(run, runner.FolderOf(run), end))];

    private static StudyOutcome Of(CellRun run, RunFolder folder, SessionEnd end)
    {
        var summary = end switch
        {
            SessionEnd.Completed completed => completed.Summary,
            SessionEnd.Interrupted interrupted => interrupted.Summary,
            _ => null,
        };
        return new StudyOutcome
        {
            Seed = run.Seed,
            Folder = run.Folder,
            Status = end is SessionEnd.Interrupted ? RunStatus.Interrupted : summary?.Status,
            Trouble = end.Trouble,
            StateHash = summary?.StateHash,
            TestAccuracy = summary?.Test?.Accuracy,
            TestRobustAccuracy = summary?.Test?.RobustAccuracy,
            TrainAccuracy = summary?.Train?.Accuracy,
            ValidationAccuracy = summary?.Validation?.Accuracy,
            ValidationRobustAccuracy = summary?.Validation?.RobustAccuracy,
            EpochsToBest = end is SessionEnd.Completed ? BestEpoch(folder, run.Spec, summary!) : null,
        };
    }

    private static double? BestEpoch(RunFolder folder, RunSpec spec, RunSummary summary)
    {
        var validations = MetricsFile.Read(folder.MetricsPath).Where(record => record.Split == MetricsRecord.Validation);
        return (spec.EarlyStopping.Metric == StoppingMetric.None
            ? validations.MaxBy(record => (record.Accuracy, -record.Step))
            : validations.FirstOrDefault(record => record.Step == summary.BestStep))?.Epoch;
    }
}
