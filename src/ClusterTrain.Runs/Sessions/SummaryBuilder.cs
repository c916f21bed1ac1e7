using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Sessions;

/// <summary>From how a session ended to its <c>summary.json</c>.</summary>
public static class SummaryBuilder
{
    public static RunSummary Build(StoredRun run, RunStart start, RunRecorder recorder, RunOutcome outcome, int workers, string engine)
    {
        var (context, plan) = (run.Context, run.Context.Plan);
        var completed = outcome.End as ServerEffect.Completed;
        // What an interrupted run hands over is where it stands, not the best state so far.
        var final = completed is null ? outcome.Model : outcome.Result;
        var finalHash = StateTensors.Hash(final);
        return new RunSummary(
            context.Spec.Name,
            completed is null ? RunStatus.Interrupted : completed.StoppedEarly ? RunStatus.StoppedEarly : RunStatus.Completed,
            outcome.Model.Version,
            plan.EpochAt(outcome.Model.Version),
            finalHash,
            completed is null ? StateTensors.Hash(outcome.Result) : finalHash,
            outcome.Result.Version,
            new RunFingerprint(context.Math.Name, context.Math.Version, context.Data.Hash, run.SpecHashText),
            completed is null ? null : new TrainScores(completed.Train.Accuracy, completed.Train.MeanLoss),
            outcome.Stopping.LastVersion is null ? null
                : new ValidationScores(outcome.Stopping.Result.Accuracy, outcome.Stopping.Result.RobustAccuracy),
            completed is null ? null : new TestScores(
                completed.Test.Accuracy, completed.Test.RobustAccuracy,
                plan.TestAttack is null ? null : AttackText.Print(context.Spec.Evaluation.TestAttack)),
            workers,
            engine,
            start.Seconds + recorder.Elapsed.TotalSeconds,
            recorder.ExamplesPerSecond,
            plan.Network.ParameterCount - plan.Network.StatisticCount,
            outcome.BytesSent,
            outcome.BytesReceived,
            recorder.LedgerHead);
    }
}
