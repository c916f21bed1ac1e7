using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Server;

namespace ClusterTrain.Training.Tests.Commit;

/// <summary>Layers that stand still, and layers with a rate of their own.</summary>
public sealed class LayerRatesTests
{
    [Theory]
    [InlineData("norm-cnn-adam")]
    [InlineData("resnet")]
    public void Train_FrozenLayers_KeepEveryBit_AndOthersDoNot(string name)
    {
        var spec = TinyRuns.Named(name);
        spec = spec with { Optimizer = spec.Optimizer with { LayerRates = [1, 0, 0] }, Regularization = spec.Regularization with { MaxNorm = 0.1, WeightDecay = 0.1 } };
        var context = TinyRuns.Context(spec);
        var (start, end) = (RunState.Initial(context.Plan).Model, new OneWorker(context).Finish().Server.Model);
        foreach (var tensor in context.Plan.Network.Tensors)
        {
            var before = start.Parameters.Span.Slice(tensor.Offset, tensor.Length);
            var after = end.Parameters.Span.Slice(tensor.Offset, tensor.Length);
            var isFrozen = tensor.Name.StartsWith("1.", StringComparison.Ordinal) || tensor.Name.StartsWith("2.", StringComparison.Ordinal)
                || tensor.Name is "0.mean" or "0.deviation";
            Assert.True(isFrozen == before.SequenceEqual(after), tensor.Name);
        }
    }

    [Fact]
    public void Train_HalfTheRateOfEveryLayer_IsTrainingAtHalfTheRate()
    {
        var half = TinyRuns.Plain with { Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = 0.25 } };
        var rates = half with { Optimizer = half.Optimizer with { LearningRate = 0.5, LayerRates = [0.5, 1, 0.5, 1, 0.5] } };

        Assert.Equal(Bits(half), Bits(rates));
    }

    private static string Bits(RunSpec spec) => StateBits.Of(new OneWorker(TinyRuns.Context(spec)).Finish().Server.Model);
}
