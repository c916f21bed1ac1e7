using System.Runtime.Intrinsics;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>
/// Sums over all values of each unit, in double precision. A unit's values come in runs of its area, one a row: each run is
/// added in eight fixed lanes, the lanes in a fixed tree, and runs in the order of the rows, so no width or thread can
/// change a bit.
/// </summary>
internal static class UnitMoments
{
    private const int Lanes = 8;

    /// <summary>sums[u] = sum of x over rows and positions. x [batch, units, area], sums [units].</summary>
    public static void Sum(ReadOnlySpan<float> x, int units, int area, Span<double> sums)
    {
        sums.Clear();
        for (var at = 0; at < x.Length; at += units * area)
            for (var unit = 0; unit < units; unit++)
                sums[unit] += area == 1 ? x[at + unit] : Run(x.Slice(at + (unit * area), area), default, 0, 0);
    }

    /// <summary>sums[u] = sum of (x - centre[u])^2.</summary>
    public static void SquaresAround(
        ReadOnlySpan<float> x, int units, int area, ReadOnlySpan<double> centre, Span<double> sums)
    {
        sums.Clear();
        for (var at = 0; at < x.Length; at += units * area)
        {
            for (var unit = 0; unit < units; unit++)
            {
                if (area == 1)
                {
                    var distance = x[at + unit] - centre[unit];
                    sums[unit] += distance * distance;
                    continue;
                }

                var run = x.Slice(at + (unit * area), area);
                sums[unit] += Run(run, run, centre[unit], centre[unit]);
            }
        }
    }

    /// <summary>sums[u] = sum of a * (b - centre[u]).</summary>
    public static void Products(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, int units, int area, ReadOnlySpan<double> centre, Span<double> sums)
    {
        sums.Clear();
        for (var at = 0; at < a.Length; at += units * area)
        {
            for (var unit = 0; unit < units; unit++)
            {
                var first = at + (unit * area);
                sums[unit] += area == 1
                    ? a[first] * (b[first] - centre[unit])
                    : Run(a.Slice(first, area), b.Slice(first, area), 0, centre[unit]);
            }
        }
    }

    // Sum of (a - centreA) * (b - centreB), or of a alone without b.
    private static double Run(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double centreA, double centreB)
    {
        var (sums, ca, cb) = (Vector512<double>.Zero, Vector512.Create(centreA), Vector512.Create(centreB));
        var i = 0;
        for (; i <= a.Length - Lanes; i += Lanes)
        {
            var left = Widen(a, i);
            sums += b.IsEmpty ? left : (left - ca) * (Widen(b, i) - cb);
        }

        var rest = 0.0;
        for (; i < a.Length; i++) rest += b.IsEmpty ? a[i] : (a[i] - centreA) * (b[i] - centreB);
        var four = sums.GetLower() + sums.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1] + rest;
    }

    private static Vector512<double> Widen(ReadOnlySpan<float> values, int first)
    {
        var eight = Vector256.Create(values[first..]);
        var (low, high) = Vector256.Widen(eight);
        return Vector512.Create(low, high);
    }
}
