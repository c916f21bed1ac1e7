using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Extending.Tests.Engines;

/// <summary>What every engine promises, kept by one from outside.</summary>
public sealed class SoloEngineTests : EngineContract
{
    protected override IReadOnlyList<int> WorkerCounts(string name) => [1];

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop) =>
        SoloEngine.Entry.Create(new EngineOptions { Workers = workers }, TimeProvider.System).Run(EngineRun.Of(context, start), observer, stop);
}
