using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

public sealed class TrainRowsMeasuredTests
{
    [Fact]
    public void Validation_WithTrainRows_MeasuresThemApart()
    {
        var without = Evaluations(TinyRuns.Augmented);
        var with = Evaluations(TinyRuns.Augmented with { Evaluation = TinyRuns.Augmented.Evaluation with { Train = true } });

        Assert.All(without, evaluated => Assert.Null(evaluated.Train));
        Assert.Equal(without, with.Select(evaluated => evaluated with { Train = null }));
        var validations = with.Where(evaluated => evaluated.Split == Split.Validation).ToList();
        Assert.Equal(2, validations.Count);
        Assert.All(validations, evaluated => Assert.Equal(96, evaluated.Train!.Value.Rows));

        // The last evaluation measures the state that the run ends with.
        Assert.Equal(with.Single(evaluated => evaluated.Split == Split.Train).Sums, validations[^1].Train);
        Assert.NotEqual(validations[0].Train, validations[1].Train);
    }

    private static List<ServerEffect.Evaluated> Evaluations(RunSpec spec)
    {
        var (context, observer) = (TinyRuns.Context(spec), new RecordingObserver());
        new LocalEngine(new EngineOptions { Workers = 2 }, TimeProvider.System)
            .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), observer, CancellationToken.None);
        return [.. observer.Effects.OfType<ServerEffect.Evaluated>()];
    }
}
