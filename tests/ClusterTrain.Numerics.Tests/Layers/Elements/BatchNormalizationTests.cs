using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Layers.Elements;

public sealed class BatchNormalizationTests
{
    private const int Channels = 3;
    private const int Batch = 9;
    private const double Epsilon = 0.05;

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public void Forward_InTraining_HasMeanZeroAndTheDefinitionsVariance(int area)
    {
        var (norm, x) = (Bound(area), Sample.Values(new Random(701), Batch * Channels * area, -1, 5));
        var y = new float[x.Length];
        norm.Forward(x, y, area, isTraining: true);

        for (var channel = 0; channel < Channels; channel++)
        {
            var (before, after) = (Moments(x, channel, area), Moments(y, channel, area));
            Assert.Equal(0, after.Mean, 1e-6);
            Assert.Equal(before.Variance / (before.Variance + Epsilon), after.Variance, 1e-6);
        }
    }

    [Fact]
    public void Forward_ShiftedAndScaledInputs_ComeOutTheSame()
    {
        var (norm, x) = (Bound(area: 1), Sample.Values(new Random(703), Batch * Channels, -1, 1));
        var (plain, moved) = (new float[x.Length], new float[x.Length]);
        norm.Forward([.. x.Select(value => 1000 * value)], plain, area: 1, isTraining: true);
        norm.Forward([.. x.Select(value => 3 + (1000 * value))], moved, area: 1, isTraining: true);

        Close.AssertEqual(Masks.ToDouble(plain), moved, 1e-5, "outputs");
    }

    [Fact]
    public void Forward_ConstantUnit_IsBetaAndNotNaN()
    {
        var (norm, y) = (Bound(area: 1), new float[Batch * Channels]);
        norm.Forward([.. Enumerable.Repeat(7f, y.Length)], y, area: 1, isTraining: true);

        Assert.All(y, value => Assert.Equal(0f, value));
    }

    private static (double Mean, double Variance) Moments(float[] values, int channel, int area)
    {
        var own = values.Where((_, place) => place / area % Channels == channel).Select(value => (double)value).ToArray();
        return (own.Average(), own.Average(value => (value - own.Average()) * (value - own.Average())));
    }

    // Gamma 1, beta 0.
    private static BatchNormalization Bound(int area)
    {
        LayerDefinition[] layers =
        [
            new Conv2dLayer { Channels = Channels, Kernel = 1 }, new BatchNormLayer { Epsilon = Epsilon },
            new FlattenLayer(), new DenseLayer { Units = 2 },
        ];
        var network = Network.Build(new MapShape(1, 1, area), layers);
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, 1);
        var stage = network.Stages.OfType<ElementStage>().Single();
        var norm = new BatchNormalization(stage);
        norm.Bind(parameters, new ReplicaMask(network).FillForTraining()[stage.Output]);
        return norm;
    }
}
