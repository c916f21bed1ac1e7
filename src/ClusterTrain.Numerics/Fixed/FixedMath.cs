using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Fixed;

/// <summary>
/// Elementary functions whose bits are the same on every machine and at every vector width: made only of IEEE 754
/// additions, multiplications, divisions, square roots and explicit fused multiply-adds. The platform's own differ
/// between processors and versions.
/// </summary>
/// <remarks>
/// Largest errors, tested over dense sweeps: float <c>Exp</c> 1.1 ulp (denormal results included) and <c>Log</c> 0.9
/// ulp, double <see cref="Log(double)"/> 1 ulp, <see cref="Cos"/> and <see cref="Sin"/> 1.5e-16 absolute.
/// </remarks>
public static partial class FixedMath
{
    /// <summary>
    /// e^x. +infinity above 88.7228, denormal (gradual underflow) below -87.3365, 0 below -103.9721; NaN stays NaN.
    /// </summary>
    public static float Exp(float x) => SingleExp<float, LanesScalar>.Of(x);

    /// <inheritdoc cref="Exp(float)"/>
    public static Vector128<float> Exp(Vector128<float> x) => SingleExp<Vector128<float>, Lanes128>.Of(x);

    /// <inheritdoc cref="Exp(float)"/>
    public static Vector256<float> Exp(Vector256<float> x) => SingleExp<Vector256<float>, Lanes256>.Of(x);

    /// <inheritdoc cref="Exp(float)"/>
    public static Vector512<float> Exp(Vector512<float> x) => SingleExp<Vector512<float>, Lanes512>.Of(x);

    /// <summary>Natural logarithm. -infinity at both zeros, NaN below; denormal arguments are as good as any.</summary>
    public static float Log(float x) => SingleLog<float, LanesScalar>.Of(x);

    /// <inheritdoc cref="Log(float)"/>
    public static Vector128<float> Log(Vector128<float> x) => SingleLog<Vector128<float>, Lanes128>.Of(x);

    /// <inheritdoc cref="Log(float)"/>
    public static Vector256<float> Log(Vector256<float> x) => SingleLog<Vector256<float>, Lanes256>.Of(x);

    /// <inheritdoc cref="Log(float)"/>
    public static Vector512<float> Log(Vector512<float> x) => SingleLog<Vector512<float>, Lanes512>.Of(x);
}
