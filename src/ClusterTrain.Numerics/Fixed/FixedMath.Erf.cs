namespace ClusterTrain.Numerics.Fixed;

/// <summary>The exponential and the error function in double precision, of basic operations alone.</summary>
public static partial class FixedMath
{
    private const double RootOfPi = 1.7724538509055160;

    // W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969): for |x| up to 0.46875, up to
    // 4, and above. Highest power first; the leading coefficient of each denominator is 1.
    private static readonly double[] SmallTop =
        [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    private static readonly double[] SmallBottom =
        [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static readonly double[] MiddleTop =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];

    private static readonly double[] MiddleBottom =
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
        4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static readonly double[] FarTop =
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
        6.58749161529837803e-4,
    ];

    private static readonly double[] FarBottom =
    [
        1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
    ];

    /// <summary>e^x to a few units in the last place; 0 below -708, infinity above 709.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x < -708) return 0;
        if (x > 709) return double.PositiveInfinity;
        var k = Math.Round(x * 1.4426950408889634);
        var r = x - (k * Ln2High) - (k * Ln2Low);

        // Taylor's series: with |r| up to 0.347, the fourteenth term is below 1e-17.
        var sum = 1.0;
        for (var n = 13; n > 0; n--) sum = 1 + (sum * r / n);
        return sum * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }

    /// <summary>2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.</summary>
    public static double Erf(double x)
    {
        var size = Math.Abs(x);
        if (!(size <= 0.46875)) return x > 0 ? 1 - ErfcOfLarge(size) : ErfcOfLarge(size) - 1;
        var square = x * x;
        return x * Horner(SmallTop, square) / Horner(SmallBottom, square);
    }

    /// <summary>1 - erf(x), without the cancellation where erf is nearly 1.</summary>
    public static double Erfc(double x) => x <= 0.46875 ? 1 - Erf(x) : ErfcOfLarge(x);

    private static double ErfcOfLarge(double x)
    {
        if (x <= 4) return Exp(-(x * x)) * Horner(MiddleTop, x) / Horner(MiddleBottom, x);
        var inverse = 1 / (x * x);
        return Exp(-(x * x)) / x * ((1 / RootOfPi) - (inverse * Horner(FarTop, inverse) / Horner(FarBottom, inverse)));
    }

    private static double Horner(double[] coefficients, double x)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients) sum = (sum * x) + coefficient;
        return sum;
    }
}
