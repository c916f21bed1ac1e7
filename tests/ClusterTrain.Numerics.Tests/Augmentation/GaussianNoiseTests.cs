using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class GaussianNoiseTests
{
    private static readonly RandomStream Stream = new(5, RandomPurpose.InputNoise, 2, 3);

    [Theory]
    [InlineData(0.1)]
    [InlineData(2.0)]
    public void Add_ManyValues_HaveMeanZeroAndTheStatedVariance(double deviation)
    {
        var values = new float[100_000];

        GaussianNoise.Add(values, deviation, Stream);

        var count = values.Length;
        var mean = values.Average(value => (double)value);
        var variance = values.Sum(value => ((double)value - mean) * (value - mean)) / (count - 1);
        var kurtosis = values.Average(value => Math.Pow((value - mean) / deviation, 4));
        var square = deviation * deviation;

        // Standard errors: of the mean s / sqrt(n), of a normal's variance s^2 sqrt(2 / n), of its fourth moment sqrt(96 / n).
        Assert.InRange(mean, -4 * deviation / Math.Sqrt(count), 4 * deviation / Math.Sqrt(count));
        Assert.InRange(variance, square * (1 - (4 * Math.Sqrt(2.0 / count))), square * (1 + (4 * Math.Sqrt(2.0 / count))));
        Assert.InRange(kurtosis, 3 - (4 * Math.Sqrt(96.0 / count)), 3 + (4 * Math.Sqrt(96.0 / count)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(8)]
    public void Add_AnyLength_TakesOneNumberAValue(int length)
    {
        var values = new float[length];

        GaussianNoise.Add(values, 0.5, Stream, first: 8);

        for (var i = 0; i < length; i++)
            Assert.Equal((float)(0.5 * FixedMath.InverseNormal((Stream.Word(8 + i) + 0.5) / 4294967296.0)), values[i]);
    }

    [Fact]
    public void Add_Deviation0_ChangesNoBit()
    {
        float[] values = [0.1f, -0f];

        GaussianNoise.Add(values, 0, Stream);

        Assert.Equal(BitConverter.SingleToInt32Bits(-0f), BitConverter.SingleToInt32Bits(values[1]));
        Assert.Equal(0.1f, values[0]);
    }
}
