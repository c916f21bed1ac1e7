using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>
/// Sums over all values of each unit, in double precision. A unit's values come in runs of its area, one a row: each run is
/// added in eight fixed lanes, the lanes in a fixed tree, and runs in the order of the rows, so no width or thread can
/// change a bit.
/// </summary>
internal static unsafe class UnitMoments
{
    private const int Lanes = 8;

    // Units whose runs are added side by side: a run alone waits for each addition before the next.
    private const int AtOnce = 4;

    /// <summary>What is added up of a value a and a value b.</summary>
    private interface ITerm
    {
        static abstract bool ReadsB { get; }

        static abstract Vector512<double> Of(Vector512<double> a, Vector512<double> b, double centre);

        static abstract double Of(double a, double b, double centre);
    }

    /// <summary>sums[u] = sum of x over rows and positions. x [batch, units, area], sums [units].</summary>
    public static void Sum(ReadOnlySpan<float> x, int units, int area, Span<double> sums) => All<Value>(x, x, units, area, sums, sums);

    /// <summary>sums[u] = sum of (x - centre[u])^2.</summary>
    public static void SquaresAround(
        ReadOnlySpan<float> x, int units, int area, ReadOnlySpan<double> centre, Span<double> sums) =>
        All<Square>(x, x, units, area, centre, sums);

    /// <summary>sums[u] = sum of a * (b - centre[u]).</summary>
    public static void Products(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, int units, int area, ReadOnlySpan<double> centre, Span<double> sums) =>
        All<Product>(a, b, units, area, centre, sums);

    private static void All<TTerm>(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, int units, int area, ReadOnlySpan<double> centres, Span<double> sums)
        where TTerm : struct, ITerm
    {
        sums.Clear();
        var rows = units == 0 ? 0 : a.Length / (units * area);
        fixed (float* from = a, other = b)
        fixed (double* centre = centres, to = sums)
        {
            for (var row = 0; row < rows; row++)
            {
                var at = (nint)row * units * area;
                for (var unit = 0; unit < units;)
                {
                    var left = from + at + ((nint)unit * area);
                    var right = other + at + ((nint)unit * area);
                    if (area >= Lanes && unit + AtOnce <= units)
                    {
                        Four<TTerm>(left, right, area, centre + unit, to + unit);
                        unit += AtOnce;
                        continue;
                    }

                    to[unit] += One<TTerm>(left, right, area, centre[unit]);
                    unit++;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TTerm>(float* a, float* b, int area, double* centre, double* sums)
        where TTerm : struct, ITerm
    {
        var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var (c0, c1, c2, c3) = (centre[0], centre[1], centre[2], centre[3]);
        var (a1, a2, a3) = ((nint)(a + area), (nint)(a + (2 * area)), (nint)(a + (3 * area)));
        var (b1, b2, b3) = ((nint)(b + area), (nint)(b + (2 * area)), (nint)(b + (3 * area)));
        var whole = area - (area % Lanes);
        for (var i = 0; i < whole; i += Lanes)
        {
            s0 += Term<TTerm>(a + i, b + i, c0);
            s1 += Term<TTerm>((float*)a1 + i, (float*)b1 + i, c1);
            s2 += Term<TTerm>((float*)a2 + i, (float*)b2 + i, c2);
            s3 += Term<TTerm>((float*)a3 + i, (float*)b3 + i, c3);
        }

        sums[0] += Total(s0) + Rest<TTerm>(a, b, whole, area, c0);
        sums[1] += Total(s1) + Rest<TTerm>((float*)a1, (float*)b1, whole, area, c1);
        sums[2] += Total(s2) + Rest<TTerm>((float*)a2, (float*)b2, whole, area, c2);
        sums[3] += Total(s3) + Rest<TTerm>((float*)a3, (float*)b3, whole, area, c3);
    }

    private static double One<TTerm>(float* a, float* b, int area, double centre)
        where TTerm : struct, ITerm
    {
        if (area == 1) return TTerm.Of(*a, *b, centre);
        var sums = Vector512<double>.Zero;
        var whole = area - (area % Lanes);
        for (var i = 0; i < whole; i += Lanes) sums += Term<TTerm>(a + i, b + i, centre);
        return Total(sums) + Rest<TTerm>(a, b, whole, area, centre);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Term<TTerm>(float* a, float* b, double centre)
        where TTerm : struct, ITerm =>
        TTerm.Of(Widen(a), TTerm.ReadsB ? Widen(b) : default, centre);

    private static double Rest<TTerm>(float* a, float* b, int first, int area, double centre)
        where TTerm : struct, ITerm
    {
        var rest = 0.0;
        for (var i = first; i < area; i++) rest += TTerm.Of(a[i], b[i], centre);
        return rest;
    }

    private static double Total(Vector512<double> sums)
    {
        var four = sums.GetLower() + sums.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(float* values)
    {
        var eight = Vector256.Load(values);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Double(eight);
        var (low, high) = Vector256.Widen(eight);
        return Vector512.Create(low, high);
    }

    private readonly struct Value : ITerm
    {
        public static bool ReadsB => false;

        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b, double centre) => a;

        public static double Of(double a, double b, double centre) => a;
    }

    private readonly struct Square : ITerm
    {
        public static bool ReadsB => false;

        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b, double centre)
        {
            var distance = a - Vector512.Create(centre);
            return distance * distance;
        }

        public static double Of(double a, double b, double centre) => (a - centre) * (a - centre);
    }

    private readonly struct Product : ITerm
    {
        public static bool ReadsB => true;

        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b, double centre) =>
            a * (b - Vector512.Create(centre));

        public static double Of(double a, double b, double centre) => a * (b - centre);
    }
}
