using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
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

    // The contract's rows are grey; colours have a change of their own.
    [Fact]
    public void Run_SaturationOfColours_TrainsOnItAndComesToTheSerialBits()
    {
        var saturated = Coloured(new AugmentationSpec { Saturation = 0.5 });
        var serial = StateBits.Of(SerialRuns.Finish(saturated, RunState.Initial(saturated.Plan)));

        var outcome = Run(saturated, RunState.Initial(saturated.Plan), 3, new RecordingObserver(), CancellationToken.None);

        Assert.Equal(serial, StateBits.Of(new RunState(outcome.Model, null, outcome.Stopping)));
        var plain = Coloured(new AugmentationSpec());
        Assert.NotEqual(serial, StateBits.Of(SerialRuns.Finish(plain, RunState.Initial(plain.Plan))));

        static RunContext Coloured(AugmentationSpec augmentation) => new(
            TinyRuns.Plain with { Augmentation = augmentation }, TinyRuns.Data with { InputShape = [3, 2, 2] }, () => new ManagedProducts());
    }

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop) =>
        new LocalEngine(new EngineOptions { Workers = workers }, TimeProvider.System).Run(EngineRun.Of(context, start), observer, stop);
}
