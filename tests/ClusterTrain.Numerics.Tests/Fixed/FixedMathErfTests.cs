using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Tests.Fixed;

public sealed class FixedMathErfTests
{
    [Fact]
    public void Exp_WholeRange_IsThePlatformsToAFewUlps()
    {
        for (var x = -700.0; x < 700; x += 0.37) Assert.Equal(1, FixedMath.Exp(x) / Math.Exp(x), 1e-14);
        Assert.Equal((1, 0, double.PositiveInfinity), (FixedMath.Exp(0), FixedMath.Exp(-1e9), FixedMath.Exp(1e9)));
        Assert.True(double.IsNaN(FixedMath.Exp(double.NaN)));
    }

    // From tables of the function (Abramowitz and Stegun 1964, tables 7.1 and 7.3).
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.46875, 0.4926134732179379)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(4.5, 0.9999999998033839)]
    public void Erf_KnownPoints_AreThose(double x, double y)
    {
        Assert.Equal(y, FixedMath.Erf(x), 1e-15 * 4);
        Assert.Equal(-y, FixedMath.Erf(-x), 1e-15 * 4);
    }

    [Fact]
    public void Erf_BetweenThePieces_IsTheIntegralOfItsSlope()
    {
        const double Step = 1e-3;
        for (var x = -6.0; x < 6; x += Step)
        {
            // Simpson's rule over one step.
            double Slope(double t) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t);
            var rise = Step / 6 * (Slope(x) + (4 * Slope(x + (Step / 2))) + Slope(x + Step));
            Assert.Equal(rise, FixedMath.Erf(x + Step) - FixedMath.Erf(x), 1e-14);
        }
    }

    [Fact]
    public void Erfc_FarOut_KeepsItsDigits() => Assert.Equal(1, FixedMath.Erfc(10) / 2.088487583762545e-45, 1e-12);
}
