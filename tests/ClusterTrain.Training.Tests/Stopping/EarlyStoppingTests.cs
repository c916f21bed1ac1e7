using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Tests.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Stopping;

public sealed class EarlyStoppingTests
{
    // Losses in percent of 100 rows: falls to its valley at the third evaluation.
    private static readonly int[] UCurve = [90, 60, 40, 45, 50, 55, 60, 65];

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(3, 6)]
    [InlineData(0, 8)]
    [InlineData(100, 8)]
    public void Observe_UCurve_StopsAfterPatienceAndNamesTheValley(int patience, int evaluations)
    {
        var spec = new EarlyStoppingSpec { Metric = StoppingMetric.Loss, Patience = patience };

        var (state, seen) = Observe(spec, UCurve.Select(Loss));

        Assert.Equal((3L, 0.4, evaluations), (state.BestVersion, state.BestMetric, seen));
        Assert.Equal(Loss(40), state.Result);
        Assert.Equal(evaluations - 3, state.Misses);
        Assert.Equal(evaluations, state.LastVersion);
        Assert.Equal(evaluations < 8, state.HasStopped);
    }

    [Fact]
    public void Observe_ImprovementAfterMisses_StartsCountingAnew()
    {
        var spec = new EarlyStoppingSpec { Metric = StoppingMetric.Loss, Patience = 2 };

        var (state, seen) = Observe(spec, new[] { 50, 60, 40, 45, 30, 35, 36 }.Select(Loss));

        Assert.Equal((5L, 7, true), (state.BestVersion, seen, state.HasStopped));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.005, 4)]
    [InlineData(0.015, 3)]
    [InlineData(0.3, 1)]
    public void Observe_MinDelta_CountsOnlyLargerImprovements(double minDelta, long best)
    {
        var spec = new EarlyStoppingSpec { Metric = StoppingMetric.Loss, Patience = 0, MinDelta = minDelta };

        Assert.Equal(best, Observe(spec, new[] { 50, 45, 41, 40 }.Select(Loss)).State.BestVersion);
    }

    [Theory]
    [InlineData(StoppingMetric.Loss, 2)]
    [InlineData(StoppingMetric.Accuracy, 3)]
    [InlineData(StoppingMetric.RobustAccuracy, 4)]
    public void Observe_EachMetric_HasItsOwnBest(StoppingMetric metric, long best)
    {
        var spec = new EarlyStoppingSpec { Metric = metric, Patience = 0 };
        EvaluationSums[] curve = [new(100, 50, 50, 50, 10), new(100, 20, 60, 50, 12), new(100, 40, 90, 50, 11), new(100, 41, 70, 50, 30)];

        Assert.Equal(best, Observe(spec, curve).State.BestVersion);
    }

    [Fact]
    public void Observe_EqualMetric_KeepsTheFirst() => Assert.Equal(
        1, Observe(new EarlyStoppingSpec { Metric = StoppingMetric.Accuracy }, [Loss(50), Loss(40)]).State.BestVersion);

    [Fact]
    public void Observe_RobustAccuracyWithoutAnAttack_SaysWhatIsMissing()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => EarlyStopping.Observe(
            StoppingState.Start, new EarlyStoppingSpec { Metric = StoppingMetric.RobustAccuracy }, 1, Loss(50)));

        Assert.Contains("validation attack", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_MetricNone_NeverNamesABestAndNeverStops()
    {
        var (state, seen) = Observe(new EarlyStoppingSpec { Metric = StoppingMetric.None, Patience = 1 }, UCurve.Select(Loss));

        Assert.Equal((8, false), (seen, state.HasStopped));
        Assert.Null(state.BestVersion);
        Assert.Equal(Loss(65), state.Result);
    }

    [Theory]
    [InlineData("nesterov", 2, 20)]
    [InlineData("adam", 2, 20)]
    [InlineData("adam", 0, 32)]
    public void Run_PlantedUCurve_HandsOverTheValleysStateToTheBit(string optimizer, int patience, long last)
    {
        var run = Planted(new EarlyStoppingSpec { Metric = StoppingMetric.Loss, Patience = patience }, optimizer);

        Assert.Equal(last, run.Server.Model.Version);
        Assert.Equal(12, run.Server.Result.Version);
        Assert.Equal(run.Committed[12], StateBits.Of(run.Server.Result));
        Assert.NotEmpty(run.Server.Result.Moments);
        Assert.Equal([4L, 8, 12], run.Effects.OfType<ServerEffect.Evaluated>().Where(measured => measured.IsBest).Select(measured => measured.Version));
        Assert.Equal(3, run.Effects.Count(effect => effect is ServerEffect.CheckpointDue { IsBest: true }));
        Assert.Equal(patience > 0, Assert.IsType<ServerEffect.Completed>(run.Effects[^1]).StoppedEarly);
        Assert.Equal([12L, 12], run.Effects.OfType<ServerEffect.Evaluated>().TakeLast(2).Select(measured => measured.Version));
    }

    [Fact]
    public void Run_MetricNone_HandsOverTheLastState()
    {
        var run = Planted(new EarlyStoppingSpec { Metric = StoppingMetric.None }, "adam");

        Assert.Null(run.Server.Best);
        Assert.Same(run.Server.Model, run.Server.Result);
        Assert.Equal(32, run.Server.Result.Version);
    }

    private static OneWorker Planted(EarlyStoppingSpec stopping, string optimizer)
    {
        var spec = TinyRuns.Plain with { Epochs = 8, EarlyStopping = stopping, Optimizer = new OptimizerSpec { Type = OptimizerRule.Catalogue.Get(optimizer), LearningRate = 0.01 } };
        return new OneWorker(TinyRuns.Context(spec))
        {
            Change = result => result is WorkResult.Evaluated { Id.Kind: WorkKind.Validate } evaluated
                ? evaluated with { Sums = Loss(UCurve[(evaluated.Id.Step / 4) - 1]) }
                : result,
        }.Finish();
    }

    private static EvaluationSums Loss(int loss) => new(100, loss, 50, 0, 0);

    private static (StoppingState State, int Seen) Observe(EarlyStoppingSpec spec, IEnumerable<EvaluationSums> curve)
    {
        var (state, seen) = (StoppingState.Start, 0);
        foreach (var sums in curve)
        {
            state = EarlyStopping.Observe(state, spec, ++seen, sums);
            if (state.HasStopped) break;
        }

        return (state, seen);
    }
}
