using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Elementwise;

/// <summary>Sums of units against their definition in plain loops, bit for bit.</summary>
public sealed class UnitMomentsTests
{
    private const int Lanes = 8;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(5, 7)]
    [InlineData(4, 8)]
    [InlineData(7, 9)]
    [InlineData(6, 64)]
    [InlineData(9, 31)]
    public void Sums_AnyUnitsAndArea_BitsOfThePlainLoops(int units, int area)
    {
        var random = new Random(units + (100 * area));
        const int Rows = 3;
        var (a, b) = (Sample.Values(random, Rows * units * area, -3, 1), Sample.Values(random, Rows * units * area, -1, 5));
        var centre = Array.ConvertAll(Sample.Values(random, units, -1, 1), value => (double)value);
        var (sums, squares, products) = (new double[units], new double[units], new double[units]);

        UnitMoments.Sum(a, units, area, sums);
        UnitMoments.SquaresAround(a, units, area, centre, squares);
        UnitMoments.Products(a, b, units, area, centre, products);

        Assert.Equal(Plain(units, area, Rows, (i, _) => a[i]), sums);
        Assert.Equal(Plain(units, area, Rows, (i, unit) => (a[i] - centre[unit]) * (a[i] - centre[unit])), squares);
        Assert.Equal(Plain(units, area, Rows, (i, unit) => a[i] * (b[i] - centre[unit])), products);
    }

    private static double[] Plain(int units, int area, int rows, Func<int, int, double> term)
    {
        var sums = new double[units];
        for (var row = 0; row < rows; row++)
        {
            for (var unit = 0; unit < units; unit++)
            {
                var (lanes, rest, first) = (new double[Lanes], 0.0, ((row * units) + unit) * area);
                for (var i = 0; i < area; i++)
                {
                    if (i < area - (area % Lanes)) lanes[i % Lanes] += term(first + i, unit);
                    else rest += term(first + i, unit);
                }

                for (var half = Lanes / 2; half > 0; half /= 2)
                    for (var lane = 0; lane < half; lane++)
                        lanes[lane] += lanes[lane + half];
                sums[unit] += lanes[0] + rest;
            }
        }

        return sums;
    }
}
