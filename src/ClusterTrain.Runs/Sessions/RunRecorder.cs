using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>
/// Writes a run's folder as the server decides: each step into the ledger, each evaluation into the metrics, states into
/// checkpoints. The ledger is on disk before the checkpoint that names its last line.
/// </summary>
/// <param name="run">The run's folder.</param>
/// <param name="start">Where this session takes the run up.</param>
/// <param name="claim">Without it nothing is written; null: nobody else can write the folder.</param>
public sealed class RunRecorder(StoredRun run, RunStart start, RunClaim? claim = null) : IRunObserver, IDisposable
{
    private readonly RunPlan _plan = run.Context.Plan;
    private readonly LedgerWriter _ledger = start.Ledger;
    private (long Rows, TimeSpan Time) _first;
    private TimeSpan _last;

    /// <summary>SHA-256 of the ledger's last line.</summary>
    public string LedgerHead => _ledger.Head;

    /// <summary>Workers that were convicted in this session or an earlier one.</summary>
    public IReadOnlyList<ConvictedWorker> Convicted { get; private set; } = start.Convicted;

    /// <summary>Rows of the steps committed in this session.</summary>
    public long TrainedRows { get; private set; }

    /// <summary>Time spent on those steps: without evaluations and checkpoints.</summary>
    public TimeSpan TrainingTime { get; private set; }

    /// <summary>Time of this session so far.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>
    /// Training rows a second in this session; without its first step, in which workers arrive and code is compiled, once
    /// there is another.
    /// </summary>
    public double ExamplesPerSecond => TrainedRows > _first.Rows
        ? (TrainedRows - _first.Rows) / (TrainingTime - _first.Time).TotalSeconds
        : TrainingTime > TimeSpan.Zero ? TrainedRows / TrainingTime.TotalSeconds : 0;

    public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
    {
        claim?.RequireHeld();
        Elapsed = elapsed;
        switch (effect)
        {
            case ServerEffect.StepCommitted step:
                _ledger.Append(step.Step, step.State, step.Loss);
                TrainedRows += _plan.Spec.Batch.Size;
                TrainingTime += elapsed - _last;
                if (_first.Rows == 0) _first = (TrainedRows, TrainingTime);
                break;
            case ServerEffect.Evaluated evaluated:
                run.Folder.RequireThere();
                MetricsFile.Append(run.Folder.MetricsPath, Record(evaluated, elapsed));
                break;
            case ServerEffect.Convicted convicted:
                run.Folder.RequireThere();
                Convicted = [.. Convicted, new ConvictedWorker(convicted.Worker.Name, convicted.Step, convicted.LastGood)];
                ConvictedFile.Write(run.Folder, Convicted);
                break;
            case ServerEffect.CheckpointDue due:
                Save(server, due.IsBest, elapsed);
                break;
        }

        _last = elapsed;
    }

    /// <summary>Makes the ledger durable.</summary>
    public void Flush()
    {
        claim?.RequireHeld();
        run.Folder.RequireThere();
        _ledger.Flush(toDisk: true);
    }

    public void Dispose() => _ledger.Dispose();

    private void Save(ParameterServer server, bool isBest, TimeSpan elapsed)
    {
        run.Folder.RequireThere();
        _ledger.Flush(toDisk: true);
        var progress = new ProgressText(server.Stopping, start.Seconds + elapsed.TotalSeconds, run.Context.Math);
        run.Checkpoints.Save(
            new CheckpointContent(
                server.Model.Version, StateTensors.ForCheckpoint(server.Model, _plan.IsPipelined),
                Metadata(progress), StateTensors.Hash(server.Model), _ledger.Head),
            isBest);
    }

    private IReadOnlyDictionary<string, string> Metadata(ProgressText progress) => run.Context.Data.Scaling is { } scaling
        ? progress.ToMetadata().Concat(ScalingText.Of(scaling)).ToDictionary(StringComparer.Ordinal) : progress.ToMetadata();

    private MetricsRecord Record(ServerEffect.Evaluated evaluated, TimeSpan elapsed)
    {
        var attack = evaluated.Split switch
        {
            Split.Validation => _plan.Spec.Evaluation.ValidationAttack,
            Split.Test => _plan.Spec.Evaluation.TestAttack,
            _ => new NoAttack(),
        };
        return new MetricsRecord(
            evaluated.Version, _plan.EpochAt(evaluated.Version), MetricsRecord.NameOf(evaluated.Split),
            evaluated.Sums.MeanLoss, evaluated.Sums.Accuracy, evaluated.Sums.RobustAccuracy,
            attack is NoAttack ? null : AttackText.Print(attack),
            start.Seconds + elapsed.TotalSeconds)
        {
            TrainAccuracy = evaluated.Train?.Accuracy,
            OneStepAccuracy = evaluated.OneStep?.RobustAccuracy,
        };
    }
}
