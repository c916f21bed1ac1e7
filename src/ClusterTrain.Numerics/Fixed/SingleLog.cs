using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Fixed;

/// <summary>Natural logarithm in float32: one text for every vector width.</summary>
/// <remarks>
/// x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); log(1 + f) = f - f^2/2 + f^3 P(f) with the polynomial of
/// Cephes' logf (Moshier 1989); e ln 2 is added in two parts, the smaller first.
/// </remarks>
internal static class SingleLog<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const int BitsOfRootOfHalf = 0x3F3504F3;
    private const int FractionBits = 23;
    private const float LeastNormal = 1.17549435e-38f;
    private const float TwoTo23 = 8388608f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        var zero = TLanes.Broadcast(0f);
        var denormal = TLanes.LessThan(x, TLanes.Broadcast(LeastNormal));
        var normal = TLanes.Select(denormal, TLanes.Multiply(x, TLanes.Broadcast(TwoTo23)), x);
        var shift = TLanes.Select(denormal, TLanes.Broadcast(FractionBits), zero);

        var exponent = TLanes.ShiftBitsRight(TLanes.AddBits(normal, -BitsOfRootOfHalf), FractionBits);
        var fraction = TLanes.SubtractBits(normal, TLanes.ShiftBitsLeft(exponent, FractionBits));
        var e = TLanes.Subtract(TLanes.IntegerToFloat(exponent), shift);
        var f = TLanes.Subtract(fraction, TLanes.Broadcast(1f));

        var p = TLanes.Broadcast(7.0376836292e-2f);
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(-1.1514610310e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(1.1676998740e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(-1.2420140846e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(1.4249322787e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(-1.6668057665e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(2.0000714765e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(-2.4999993993e-1f));
        p = TLanes.FusedMultiplyAdd(p, f, TLanes.Broadcast(3.3333331174e-1f));

        var square = TLanes.Multiply(f, f);
        var small = TLanes.Multiply(TLanes.Multiply(square, f), p);
        small = TLanes.FusedMultiplyAdd(e, TLanes.Broadcast(Ln2Low), small);
        small = TLanes.FusedMultiplyAdd(square, TLanes.Broadcast(-0.5f), small);
        var result = TLanes.FusedMultiplyAdd(e, TLanes.Broadcast(Ln2High), TLanes.Add(f, small));

        // +infinity and NaN stay themselves; the logarithm of either zero is -infinity, of less than zero NaN.
        result = TLanes.Select(TLanes.LessThan(x, TLanes.Broadcast(float.PositiveInfinity)), result, x);
        result = TLanes.Select(TLanes.LessThanOrEqual(x, zero), TLanes.Broadcast(float.NegativeInfinity), result);
        return TLanes.Select(TLanes.LessThan(x, zero), TLanes.Broadcast(float.NaN), result);
    }
}
