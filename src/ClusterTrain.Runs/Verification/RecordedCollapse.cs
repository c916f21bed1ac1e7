using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Stopping;

namespace ClusterTrain.Runs.Verification;

/// <summary>What a run's recorded figures say of training on one step: which collapses were found, and so what was done about them.</summary>
internal static class RecordedCollapse
{
    public static CollapseState Of(StoredRun run) => run.Context.Spec.WatchesOneStep ? Of(run, MetricsFile.Read(run.Folder.MetricsPath)) : CollapseState.None;

    public static CollapseState Of(StoredRun run, IEnumerable<MetricsRecord> metrics) => run.Context.Spec.WatchesOneStep
        ? metrics.Where(line => line.Split == MetricsRecord.Validation)
            .Aggregate(CollapseState.None, (state, line) => CollapseWatch.Observe(state, line.Step, line.RobustAccuracy ?? 0, line.OneStepAccuracy ?? 0))
        : CollapseState.None;
}
