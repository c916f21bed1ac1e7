using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Commit;

/// <summary>A mean of the weights is the model: trained beside them, measured and handed over in their place.</summary>
public sealed class AverageTests
{
    private static readonly RunSpec Ema = TinyRuns.Fused with { Average = new AverageSpec { Type = new EmaAverage { Decay = 0.9 } } };

    [Fact]
    public void Train_WithAMean_LeavesTheWeightsAsTheyAreWithout()
    {
        var (plain, averaged) = (Finish(TinyRuns.Fused), Finish(Ema));

        Assert.Equal(StateBits.Bytes(plain.Parameters), StateBits.Bytes(averaged.Parameters));
        Assert.Null(plain.Average);
        Assert.NotEqual(StateBits.Bytes(averaged.Parameters), StateBits.Bytes(averaged.Average!));
        Assert.Same(plain.Current, plain.Served);
        Assert.Equal(averaged.Average!.Span.ToArray(), averaged.Served.Parameters.ToArray());
    }

    [Fact]
    public void Evaluate_WithAMean_MeasuresTheMean()
    {
        var context = TinyRuns.Context(Ema);
        var model = new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;
        var chunk = new EvaluationChunk(Split.Test, 0, 40);
        double LossOf(ParameterSnapshot parameters) => ((WorkResult.Evaluated)new WorkExecutor(context).Execute(
            new WorkItem.Evaluate(new WorkId(0, WorkKind.Conclude, parameters.Version, 0), parameters.Version, chunk, null), parameters)).Sums.MeanLoss;

        var measured = new OneWorker(TinyRuns.Context(Ema)).Finish().Effects.OfType<ServerEffect.Evaluated>().Single(effect => effect.Split == Split.Test);

        Assert.Equal(LossOf(model.Served), measured.Sums.MeanLoss);
        Assert.NotEqual(LossOf(model.Current), measured.Sums.MeanLoss);
        Assert.Equal(context.Plan.TotalSteps, measured.Version);
    }

    [Fact]
    public void Snapshots_OfWeightsAndMeanAtOneVersion_HaveNumbersApart()
    {
        var model = Finish(Ema);

        Assert.False(ParameterSnapshot.IsAverage(model.Current.Version));
        Assert.True(ParameterSnapshot.IsAverage(model.Served.Version));
        Assert.Equal(model.Version, ParameterSnapshot.StepsOf(model.Served.Version));
        Assert.Equal(model.Version, ParameterSnapshot.StepsOf(model.Current.Version));
    }

    private static ModelState Finish(RunSpec spec) => new OneWorker(TinyRuns.Context(spec)).Finish().Server.Model;
}
