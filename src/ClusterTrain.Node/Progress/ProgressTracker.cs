using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Progress;

/// <summary>
/// Records a run and keeps the newest snapshot of it for a display, and a line for each evaluation. Only the engine
/// calls <see cref="On"/>; any thread may read.
/// </summary>
internal sealed class ProgressTracker(RunContext context, RunRecorder recorder, int workers, long firstStep) : IRunObserver
{
    private const double Smoothing = 0.05;
    private readonly RunPlan _plan = context.Plan;
    private double _loss = double.NaN;
    private double _accuracy;
    private EvaluationSums? _validation;

    /// <summary>Told of every evaluation, by the engine's thread.</summary>
    public Action<ServerEffect.Evaluated, ProgressSnapshot>? OnEvaluated { get; init; }

    public ProgressSnapshot Snapshot { get; private set; } = new(
        firstStep, context.Plan.TotalSteps, context.Plan.EpochAt(firstStep), context.Spec.Epochs, double.NaN, 0, null, 0,
        workers, TimeSpan.Zero, "starting");

    public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
    {
        recorder.On(effect, server, elapsed);
        if (effect is ServerEffect.StepCommitted step)
        {
            _loss = double.IsNaN(_loss) ? step.Loss : _loss + (Smoothing * (step.Loss - _loss));
            _accuracy += (_accuracy == 0 ? 1 : Smoothing) * (step.Accuracy - _accuracy);
        }

        if (effect is ServerEffect.Evaluated { Split: Split.Validation } evaluated) _validation = evaluated.Sums;
        Snapshot = new ProgressSnapshot(
            server.Model.Version, _plan.TotalSteps, _plan.EpochAt(server.Model.Version), context.Spec.Epochs, _loss,
            _accuracy, _validation, recorder.ExamplesPerSecond, workers, elapsed, Doing(server));
        if (effect is ServerEffect.Evaluated any) OnEvaluated?.Invoke(any, Snapshot);
    }

    private string Doing(ParameterServer server) =>
        server.Stopping.HasStopped || server.Model.Version == _plan.TotalSteps ? "testing"
        : _plan.IsEvaluationDue(server.Model.Version) && server.Stopping.LastVersion != server.Model.Version ? "validating"
        : "training";
}
