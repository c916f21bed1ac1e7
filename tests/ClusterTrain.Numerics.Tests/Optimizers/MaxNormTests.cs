using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Optimizers;

public sealed class MaxNormTests
{
    [Fact]
    public void Project_LongWeights_NeverExceedTheLimitMeasuredInDouble()
    {
        var random = new Random(801);
        for (var i = 0; i < 5000; i++)
        {
            var limit = 0.1 + (4 * random.NextDouble());
            var weights = Sample.Values(random, 1 + random.Next(100), -3, 3);
            var before = Norm(weights);
            MaxNorm.Project(weights, limit);

            Assert.True(Norm(weights) <= limit, $"{Norm(weights):R} exceeds {limit:R}");
            if (before > limit)
                Assert.InRange(Norm(weights), limit * (1 - 1e-6), limit);
        }
    }

    [Fact]
    public void Project_LongWeights_KeepTheirDirection()
    {
        float[] weights = [3, -4, 12];
        MaxNorm.Project(weights, 6.5);

        Close.AssertEqual([1.5, -2, 6], weights, 1e-6, "weights");
    }

    [Fact]
    public void Project_ShortWeights_AreLeftToTheBit()
    {
        float[] weights = [0.3f, -0.4f, 1.2f], before = [.. weights];
        MaxNorm.Project(weights, 1.31);

        Bits.AssertEqual(before, weights, "weights");
    }

    [Fact]
    public void Project_NaN_StaysNaN()
    {
        float[] weights = [float.NaN, 5, 5];
        MaxNorm.Project(weights, 1);

        Assert.True(float.IsNaN(weights[0]));
    }

    private static double Norm(float[] weights) => Math.Sqrt(weights.Sum(w => (double)w * w));
}
