using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Networks;

public sealed class InitializationTests
{
    private static readonly Network Mlp = Sample.Mlp([(400, 0.2), (100, 0.5), (64, 0)], 10);

    [Fact]
    public void Fill_EachTensor_IsUniformWithinOneOverTheRootOfItsInputs()
    {
        var parameters = Fill(1);
        foreach (var stage in Mlp.Stages)
        {
            var bound = 1 / Math.Sqrt(stage.Input.Units);
            var weights = parameters.AsSpan(stage.Weight.Offset, stage.Weight.Length).ToArray();
            Assert.All(weights, weight => Assert.InRange(weight, -(float)bound, (float)bound));
            Assert.All(
                parameters.AsSpan(stage.Bias.Offset, stage.Bias.Length).ToArray(),
                bias => Assert.InRange(bias, -(float)bound, (float)bound));
            // A uniform's mean and variance within 5 standard errors.
            var n = weights.Length;
            Assert.InRange(weights.Average(w => (double)w), -5 * bound / Math.Sqrt(3.0 * n), 5 * bound / Math.Sqrt(3.0 * n));
            var variance = bound * bound / 3;
            Assert.InRange(weights.Average(w => (double)w * w) / variance, 1 - (5 * Math.Sqrt(0.8 / n)), 1 + (5 * Math.Sqrt(0.8 / n)));
        }

        Assert.DoesNotContain(0f, parameters);
    }

    [Fact]
    public void Fill_SameSeed_SameBytes_OtherSeedOtherBytes()
    {
        Bits.AssertEqual(Fill(1), Fill(1), "parameters");
        Assert.InRange(Fill(1).Zip(Fill(2)).Count(pair => pair.First == pair.Second), 0, 5);
    }

    [Fact]
    public void Fill_TensorsOfOneShape_DoNotRepeatEachOther()
    {
        var network = Sample.Mlp([(30, 0), (30, 0), (30, 0)], 30);
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, 4);
        var firsts = network.Tensors.Select(tensor => parameters[tensor.Offset]);

        Assert.Equal(6, firsts.Distinct().Count());
    }

    private static float[] Fill(long seed)
    {
        var parameters = new float[Mlp.ParameterCount];
        Initialization.Fill(Mlp, parameters, seed);
        return parameters;
    }
}
