using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Tests.Fixed;

public sealed class FixedMathDoubleTests
{
    [Fact]
    public void Log_SweepOverAllExponents_WithinOneUlpOfThePlatforms()
    {
        var random = new Random(5);
        for (var i = 0; i < 500_000; i++)
        {
            var x = BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x7FF0000000000000));
            AssertUlp(Math.Log(x), FixedMath.Log(x), x);
            var near = 0.5 + (1.5 * random.NextDouble());
            AssertUlp(Math.Log(near), FixedMath.Log(near), near);
        }
    }

    [Theory]
    [InlineData(0d, double.NegativeInfinity)]
    [InlineData(1d, 0d)]
    [InlineData(-1d, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Log_Edges_AreExact(double x, double expected) => Assert.Equal(expected, FixedMath.Log(x));

    [Fact]
    public void CosAndSin_Sweep_WithinOneAndAHalfTimesTenToTheMinus16()
    {
        var random = new Random(6);
        for (var i = 0; i < 500_000; i++)
        {
            var x = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(7));
            Assert.True(Math.Abs(FixedMath.Cos(x) - Math.Cos(x)) <= 1.5e-16, $"cos {x:R}");
            Assert.True(Math.Abs(FixedMath.Sin(x) - Math.Sin(x)) <= 1.5e-16, $"sin {x:R}");
        }
    }

    [Fact]
    public void CosAndSin_KnownAngles_AreExact()
    {
        Assert.Equal(1d, FixedMath.Cos(0));
        Assert.Equal(-1d, FixedMath.Cos(Math.PI));
        Assert.Equal(0d, FixedMath.Sin(0));
        Assert.Equal(1d, FixedMath.Sin(Math.PI / 2));
        Assert.Equal(double.NaN, FixedMath.Cos(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Sin(2e6));
    }

    [Theory]
    [InlineData(2d, 10, 1024d)]
    [InlineData(2d, -3, 0.125)]
    [InlineData(-3d, 3, -27d)]
    [InlineData(0d, 0, 1d)]
    [InlineData(1d, int.MinValue, 1d)]
    public void Pow_ExactPowers_AreExact(double x, int n, double expected) =>
        Assert.Equal(expected, FixedMath.Pow(x, n));

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public void Pow_AdamsBetas_CloseToThePlatforms(double beta)
    {
        for (var t = 1; t < 5_000; t += 7)
        {
            var expected = Math.Pow(beta, t);
            Assert.InRange(FixedMath.Pow(beta, t) / expected, 1 - (t * 2.3e-16), 1 + (t * 2.3e-16));
        }
    }

    // Both sides may be up to one ulp off the truth.
    private static void AssertUlp(double expected, double actual, double x) =>
        Assert.True(
            Math.Abs(expected - actual) <= Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected),
            $"log {x:R} is {actual:R} instead of {expected:R}");
}
