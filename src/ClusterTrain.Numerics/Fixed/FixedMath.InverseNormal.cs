namespace ClusterTrain.Numerics.Fixed;

/// <content>The standard normal's quantiles.</content>
public static partial class FixedMath
{
    /// <summary>
    /// The z below which a standard normal lies with probability <paramref name="p"/>: turns one uniform number into
    /// one normal number. Algorithm AS 241, PPND16 (Wichura 1988), relative error about 1e-16.
    /// </summary>
    /// <param name="p">0 to 1; the ends give the infinities, anything outside NaN.</param>
    public static double InverseNormal(double p)
    {
        if (double.IsNaN(p) || p < 0 || p > 1)
            return double.NaN;
        if (p == 0)
            return double.NegativeInfinity;
        if (p == 1)
            return double.PositiveInfinity;

        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - (q * q);
            return q * Polynomial(Central, r) / Polynomial(CentralDivisor, r);
        }

        var tail = Math.Sqrt(-Log(q < 0 ? p : 1 - p));
        var z = tail <= 5
            ? Polynomial(Middle, tail - 1.6) / Polynomial(MiddleDivisor, tail - 1.6)
            : Polynomial(Far, tail - 5) / Polynomial(FarDivisor, tail - 5);
        return q < 0 ? -z : z;
    }

    /// <summary>The double precision result for the same p, rounded to float32.</summary>
    public static float InverseNormal(float p) => (float)InverseNormal((double)p);

    private static ReadOnlySpan<double> Central =>
    [
        3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ];

    private static ReadOnlySpan<double> CentralDivisor =>
    [
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ];

    private static ReadOnlySpan<double> Middle =>
    [
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    private static ReadOnlySpan<double> MiddleDivisor =>
    [
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static ReadOnlySpan<double> Far =>
    [
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static ReadOnlySpan<double> FarDivisor =>
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    // Coefficients from the constant upwards, by Horner's rule.
    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        var value = 0d;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            value = Math.FusedMultiplyAdd(value, x, coefficients[i]);
        return value;
    }
}
