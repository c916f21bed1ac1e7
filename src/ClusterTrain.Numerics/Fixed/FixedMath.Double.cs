namespace ClusterTrain.Numerics.Fixed;

/// <content>Double precision, scalar: schedules, initial values, corrections. Not for inner loops.</content>
public static partial class FixedMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    // pi/2 to 106 bits.
    private const double HalfPiHigh = 1.57079632679489655800e+00;
    private const double HalfPiLow = 6.12323399573676603587e-17;
    private const double LargestAngle = 1 << 20;

    /// <summary>Natural logarithm, as fdlibm's e_log.c (Sun 1993).</summary>
    public static double Log(double x)
    {
        const long BitsOfRootOfHalf = 0x3FE6A09E667F3BCD;
        const int FractionBits = 52;
        const double TwoTo54 = 18014398509481984d;
        const double LeastNormal = 2.2250738585072014e-308;
        if (x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (!double.IsFinite(x))
            return x;

        var shift = 0;
        if (x < LeastNormal)
        {
            x *= TwoTo54;
            shift = 54;
        }

        // x = 2^e (1 + f), 1 + f between sqrt(1/2) and sqrt(2).
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (bits - BitsOfRootOfHalf) >> FractionBits;
        var f = BitConverter.Int64BitsToDouble(bits - (exponent << FractionBits)) - 1d;
        double e = exponent - shift;
        var s = f / (2d + f);
        var z = s * s;
        var w = z * z;
        var even = w * (3.999999999940941908e-01 + (w * (2.222219843214978396e-01 + (w * 1.531383769920937332e-01))));
        var odd = z * (6.666666666666735130e-01 + (w * (2.857142874366239149e-01
            + (w * (1.818357216161805012e-01 + (w * 1.479819860511658591e-01))))));
        var halfSquare = 0.5 * f * f;
        return (e * Ln2High) - (halfSquare - ((s * (halfSquare + (even + odd))) + (e * Ln2Low)) - f);
    }

    /// <summary>Cosine of an angle in radians, |x| at most 2^20; NaN for what is not finite.</summary>
    public static double Cos(double x) => OfAngle(x, quarterTurns: 1);

    /// <summary>Sine of an angle in radians, |x| at most 2^20; NaN for what is not finite.</summary>
    public static double Sin(double x) => OfAngle(x, quarterTurns: 0);

    /// <summary>
    /// x^n by repeated squaring, for corrections such as Adam's 1 - beta^t. The error grows with n, to about |n| ulp; a
    /// negative n gives 1 / x^|n|.
    /// </summary>
    public static double Pow(double x, int n)
    {
        var left = Math.Abs((long)n);
        var power = 1d;
        while (left > 0)
        {
            if ((left & 1) != 0)
                power *= x;
            x *= x;
            left >>= 1;
        }

        return n < 0 ? 1d / power : power;
    }

    // sin(x + quarterTurns * pi/2): x = n pi/2 + r, then fdlibm's k_sin.c or k_cos.c (Sun 1993) of |r| <= pi/4.
    private static double OfAngle(double x, int quarterTurns)
    {
        const double TwoOverPi = 6.36619772367581382433e-01;
        if (!double.IsFinite(x))
            return double.NaN;
        if (Math.Abs(x) > LargestAngle)
            throw new ArgumentOutOfRangeException(nameof(x), x, "Angles are reduced exactly enough up to 2^20.");

        var n = Math.Round(x * TwoOverPi, MidpointRounding.ToEven);
        var r = Math.FusedMultiplyAdd(n, -HalfPiHigh, x);
        r = Math.FusedMultiplyAdd(n, -HalfPiLow, r);
        var quarter = ((int)n + quarterTurns) & 3;
        var value = (quarter & 1) == 0 ? SinNearZero(r) : CosNearZero(r);
        return quarter < 2 ? value : -value;
    }

    private static double SinNearZero(double r)
    {
        var z = r * r;
        var p = 8.33333333332248946124e-03 + (z * (-1.98412698298579493134e-04 + (z * (2.75573137070700676789e-06
            + (z * (-2.50507602534068634195e-08 + (z * 1.58969099521155010221e-10)))))));
        return r + (z * r * (-1.66666666666666324348e-01 + (z * p)));
    }

    private static double CosNearZero(double r)
    {
        var z = r * r;
        var p = z * (4.16666666666666019037e-02 + (z * (-1.38888888888741095749e-03 + (z * (2.48015872894767294178e-05
            + (z * (-2.75573143513906633035e-07 + (z * (2.08757232129817482790e-09
            + (z * -1.13596475577881948265e-11))))))))));
        var half = 0.5 * z;
        var w = 1d - half;
        return w + (1d - w - half + (z * p));
    }
}
