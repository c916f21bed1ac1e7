using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Local;

public sealed class LocalEngineTests : EngineContract
{
    [Fact]
    public void Run_LeasesOfNoTime_GivesWorkOutTwiceAndComesToTheSameBits()
    {
        var context = TinyRuns.Context("pipelined");
        var hasty = new EngineOptions { Workers = 8, Leases = new LeasePolicy { Shortest = TimeSpan.Zero, Patience = 0 } };

        var outcome = new LocalEngine(hasty, TimeProvider.System).Run(
            EngineRun.Of(context, RunState.Initial(context.Plan)), new RecordingObserver(), CancellationToken.None);

        Assert.Equal(SerialRuns.BitsOf("pipelined"), StateBits.Of(new RunState(outcome.Model, null, outcome.Stopping)));
        Assert.Equal(0, context.Buffers.Outstanding);
    }

    [Fact]
    public void Run_ObserverThrows_EndsWithThatException()
    {
        var context = TinyRuns.Context("plain");
        var failure = new InvalidDataException("disk full");
        var observer = new RecordingObserver { Then = effect => { if (effect is ServerEffect.StepCommitted { Step: 2 }) throw failure; } };

        var thrown = Assert.Throws<AggregateException>(() =>
            Run(context, RunState.Initial(context.Plan), 4, observer, CancellationToken.None));

        Assert.Contains(failure, thrown.InnerExceptions);
        Assert.Equal(3, observer.Effects.OfType<ServerEffect.StepCommitted>().Count());
    }

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop) =>
        new LocalEngine(new EngineOptions { Workers = workers }, TimeProvider.System).Run(EngineRun.Of(context, start), observer, stop);
}
