using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>From how an engine's work ended to <c>summary.json</c>.</summary>
internal static class SummaryBuilder
{
    private const int RowsChecked = 200;

    public static RunSummary Build(StoredRun run, RunStart start, RunRecorder recorder, RunOutcome outcome, string engine)
    {
        var (context, plan) = (run.Context, run.Context.Plan);
        var completed = outcome.End as ServerEffect.Completed;
        // What an interrupted run hands over is where it stands, not the best state so far.
        var final = completed is null ? outcome.Model : outcome.Result;
        var finalHash = StateTensors.Hash(final);
        return new RunSummary
        {
            Run = context.Spec.Name,
            Status = completed is null ? RunStatus.Interrupted : completed.StoppedEarly ? RunStatus.StoppedEarly : RunStatus.Completed,
            Steps = outcome.Model.Version,
            Epochs = plan.EpochAt(outcome.Model.Version),
            StateHash = finalHash,
            BestStateHash = completed is null ? StateTensors.Hash(outcome.Result) : finalHash,
            BestStep = outcome.Result.Version,
            Fingerprint = new RunFingerprint(context.Math.Name, context.Math.Version, context.Data.Hash, run.SpecHashText),
            Train = completed is null ? null : new TrainScores(completed.Train.Accuracy, completed.Train.MeanLoss),
            Validation = outcome.Stopping.LastVersion is null ? null
                : new ValidationScores(outcome.Stopping.Result.Accuracy, outcome.Stopping.Result.RobustAccuracy),
            Test = completed is null ? null : new TestScores(
                completed.Test.Accuracy, completed.Test.RobustAccuracy,
                plan.TestAttack is null ? null : AttackText.Print(context.Spec.Evaluation.TestAttack))
            {
                Doubt = Doubt(context, final, outcome.Workers),
            },
            CollapsedAt = outcome.Stopping.Collapse.Finds is { Count: > 0 } finds ? finds : null,
            Workers = Math.Max(1, outcome.Workers),
            Engine = engine,
            Seconds = start.Seconds + recorder.Elapsed.TotalSeconds,
            ExamplesPerSecond = recorder.ExamplesPerSecond,
            Parameters = plan.Network.ParameterCount - plan.Network.StatisticCount,
            BytesSent = outcome.BytesSent,
            BytesReceived = outcome.BytesReceived,
            LedgerHead = recorder.LedgerHead,
            Convicted = recorder.Convicted.Count > 0 ? recorder.Convicted : null,
        };
    }

    /// <summary>Why the robust accuracy of a state is not to be believed; null when all checks hold.</summary>
    /// <param name="context">The run.</param>
    /// <param name="final">Its result.</param>
    /// <param name="workers">Threads, which change the time alone.</param>
    internal static string? Doubt(RunContext context, ModelState final, int workers)
    {
        if (context.Spec.Evaluation.TestAttack is not BallAttack attack) return null;
        var evaluation = new RobustEvaluation(context, final, Math.Clamp(workers, 1, Environment.ProcessorCount), TimeProvider.System);
        var failed = SanityChecks.Quick(evaluation, attack, Math.Min(RowsChecked, context.Data.Test.Rows)).Where(check => !check.Holds);
        var words = string.Join("; ", failed.Select(check => $"{check.Name}: {check.Detail}"));
        return InferenceNoise.Refusal(context.Spec) is { } refusal ? refusal : words.Length == 0 ? null : words;
    }
}
