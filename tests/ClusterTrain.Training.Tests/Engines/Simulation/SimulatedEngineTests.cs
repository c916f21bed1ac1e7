using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

public sealed class SimulatedEngineTests : EngineContract
{
    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop)
    {
        var run = new SimulatedEngine(context, Faults.None with { Workers = workers, Slow = 5 }).Run(start, Observe);
        return new RunOutcome(run.End, run.State.Model, run.State.Best ?? run.State.Model, run.State.Stopping);

        bool Observe(ServerEffect effect, ParameterServer server)
        {
            if (effect is not ServerEffect.Assign) observer.On(effect, server, TimeSpan.Zero);
            return stop.IsCancellationRequested;
        }
    }
}
