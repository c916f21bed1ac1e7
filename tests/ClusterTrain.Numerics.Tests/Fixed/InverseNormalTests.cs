using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Tests.Fixed;

public sealed class InverseNormalTests
{
    /// <summary>Quantiles computed with 40 digits, of p as the nearest double.</summary>
    [Theory]
    [InlineData(1e-300, -37.047096299361199237)]
    [InlineData(1e-100, -21.273453560965324294)]
    [InlineData(1e-20, -9.2623400897984075796)]
    [InlineData(1e-10, -6.3613409024040561991)]
    [InlineData(0.001, -3.0902323061678135354)]
    [InlineData(0.01, -2.3263478740408410931)]
    [InlineData(0.025, -1.9599639845400542118)]
    [InlineData(0.074, -1.4466320671589785099)]
    [InlineData(0.0751, -1.4388253927525399824)]
    [InlineData(0.1, -1.2815515655446004353)]
    [InlineData(0.25, -0.6744897501960817432)]
    [InlineData(0.4, -0.25334710313579974132)]
    [InlineData(0.499, -0.0025066308995717662317)]
    [InlineData(0.75, 0.6744897501960817432)]
    [InlineData(0.925, 1.4395314709384562291)]
    [InlineData(0.975, 1.9599639845400538556)]
    [InlineData(0.99999, 4.2648907939238407699)]
    public void InverseNormal_KnownQuantiles_WithinPartsInTenToThe15(double p, double z)
    {
        Assert.InRange(FixedMath.InverseNormal(p) / z, 1 - 1e-15, 1 + 1e-15);
        if ((float)p == p)
            Assert.Equal((float)z, FixedMath.InverseNormal((float)p));
    }

    [Fact]
    public void InverseNormal_Ends_AreInfiniteAndBeyondNaN()
    {
        Assert.Equal(double.NegativeInfinity, FixedMath.InverseNormal(0d));
        Assert.Equal(double.PositiveInfinity, FixedMath.InverseNormal(1d));
        Assert.Equal(0d, FixedMath.InverseNormal(0.5));
        Assert.Equal(double.NaN, FixedMath.InverseNormal(-1e-9));
        Assert.Equal(double.NaN, FixedMath.InverseNormal(1.5));
        Assert.Equal(double.NaN, FixedMath.InverseNormal(double.NaN));
    }

    [Fact]
    public void InverseNormal_EvenlySpacedUniforms_HaveTheMomentsOfANormal()
    {
        const int Count = 200_000;
        var (mean, square, fourth, previous) = (0d, 0d, 0d, double.NegativeInfinity);
        for (var i = 0; i < Count; i++)
        {
            var z = FixedMath.InverseNormal((i + 0.5) / Count);
            Assert.True(z > previous, $"not ascending at {i}");
            previous = z;
            mean += z / Count;
            square += z * z / Count;
            fourth += z * z * z * z / Count;
        }

        Assert.InRange(mean, -1e-9, 1e-9);
        Assert.InRange(square, 0.9999, 1.0001);
        Assert.InRange(fourth, 2.995, 3.005);
    }
}
