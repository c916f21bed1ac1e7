using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Progress;

/// <summary>Where a run stands, for people.</summary>
internal sealed record ProgressSnapshot
{
    public required long Step { get; init; }

    public required long TotalSteps { get; init; }

    public required double Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Smoothed training loss; NaN before the first step.</summary>
    public double Loss { get; init; } = double.NaN;

    public EvaluationSums? Validation { get; init; }

    public double ExamplesPerSecond { get; init; }

    public required int Workers { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>starting, training, validating or testing.</summary>
    public string Doing { get; init; } = "starting";

    /// <summary>Guess at the time to the last step, at the pace so far; null before there is one.</summary>
    public TimeSpan? TimeLeft(long firstStep)
    {
        var done = Step - firstStep;
        return done <= 0 ? null : Elapsed / done * (TotalSteps - Step);
    }
}

/// <summary>
/// Records a run and keeps the newest snapshot of it for a display, and a line for each evaluation. Only the engine
/// calls <see cref="On"/>; any thread may read.
/// </summary>
internal sealed class ProgressTracker(RunContext context, RunRecorder recorder, int workers, long firstStep) : IRunObserver
{
    private const double Smoothing = 0.05;
    private readonly RunPlan _plan = context.Plan;
    private double _loss = double.NaN;
    private EvaluationSums? _validation;

    /// <summary>Told of every evaluation, by the engine's thread.</summary>
    public Action<ServerEffect.Evaluated, ProgressSnapshot>? OnEvaluated { get; init; }

    /// <summary>Told of every worker that is shut out, by the engine's thread.</summary>
    public Action<ServerEffect.Convicted>? OnConvicted { get; init; }

    public ProgressSnapshot Snapshot { get; private set; } = new()
    {
        Step = firstStep, TotalSteps = context.Plan.TotalSteps, Epoch = context.Plan.EpochAt(firstStep), Epochs = context.Spec.Epochs, Workers = workers,
    };

    public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
    {
        recorder.On(effect, server, elapsed);
        if (effect is ServerEffect.StepCommitted step)
            _loss = double.IsNaN(_loss) ? step.Loss : _loss + (Smoothing * (step.Loss - _loss));

        if (effect is ServerEffect.Evaluated { Split: Split.Validation } evaluated) _validation = evaluated.Sums;
        Snapshot = Snapshot with
        {
            Step = server.Model.Version,
            Epoch = _plan.EpochAt(server.Model.Version),
            Loss = _loss,
            Validation = _validation,
            ExamplesPerSecond = recorder.ExamplesPerSecond,
            Elapsed = elapsed,
            Doing = Doing(server),
        };
        if (effect is ServerEffect.Convicted convicted) OnConvicted?.Invoke(convicted);
        if (effect is ServerEffect.Evaluated any) OnEvaluated?.Invoke(any, Snapshot);
    }

    private string Doing(ParameterServer server) =>
        server.Stopping.HasStopped || server.Model.Version == _plan.TotalSteps ? "testing"
        : _plan.IsEvaluationDue(server.Model.Version) && server.Stopping.LastVersion != server.Model.Version ? "validating"
        : "training";
}
