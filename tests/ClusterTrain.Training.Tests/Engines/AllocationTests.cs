using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;

namespace ClusterTrain.Training.Tests.Engines;

/// <summary>Runs alone: it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Workers = 2;
    private const int From = 200;
    private const int Until = 600;
    private const long MostBytes = 1024;

    [Theory]
    [InlineData("plain")]
    [InlineData("fused")]
    [InlineData("full")]
    [InlineData("adam")]
    [InlineData("cnn")]
    [InlineData("augmented")]
    public void LocalEngine_SteadyState_AllocatesLessThanAKilobyteAStepAndWorker(string name)
    {
        var spec = TinyRuns.Named(name);
        spec = spec with
        {
            Epochs = 1000,
            // Four steps an epoch: each epoch allocates its order of rows.
            Batch = new BatchSpec { Size = 24, Shards = 8 },
            Evaluation = spec.Evaluation with { EveryEpochs = 1000 },
            Adversarial = spec.Adversarial with { WarmupEpochs = 0 },
        };
        var counter = new Counter();
        using var stop = new CancellationTokenSource();
        counter.OnDone = stop.Cancel;

        var context = TinyRuns.Context(spec);
        new LocalEngine(new EngineOptions { Workers = Workers }, TimeProvider.System)
            .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), counter, stop.Token);

        Assert.InRange(counter.Bytes / (Until - From) / Workers, 0, MostBytes - 1);
    }

    /// <summary>Counts between two steps, by when everything has been compiled and sized.</summary>
    private sealed class Counter : IRunObserver
    {
        private long _before;

        public long Bytes { get; private set; }

        public Action OnDone { get; set; } = () => { };

        public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
        {
            if (effect is not ServerEffect.StepCommitted step) return;
            if (step.Step == From) _before = GC.GetTotalAllocatedBytes(precise: true);
            if (step.Step != Until) return;
            Bytes = GC.GetTotalAllocatedBytes(precise: true) - _before;
            OnDone();
        }
    }
}
