using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Fixed;

/// <summary>e^x in float32: one text for every vector width.</summary>
/// <remarks>
/// x = n ln 2 + r with |r| at most ln 2 / 2 (Cody and Waite 1980, chapter 6), e^r by the polynomial of Cephes' expf
/// (Moshier 1989), then times 2^n in two factors, so that results below 2^-126 are denormal with one rounding and
/// results beyond the largest float are +infinity.
/// </remarks>
internal static class SingleExp<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    // e^89 overflows and e^-104 is less than half the least denormal: beyond them nothing changes.
    private const float Highest = 89f;
    private const float Lowest = -104f;

    // ln 2 as a float of few bits, exact in n * Ln2High, and the rest.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Log2OfE = 1.44269504088896341f;

    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
    private const float Rounder = 12582912f;
    private const int BitsOfOne = 0x3F800000;
    private const int FractionBits = 23;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        var highest = TLanes.Broadcast(Highest);
        var lowest = TLanes.Broadcast(Lowest);
        var rounder = TLanes.Broadcast(Rounder);
        x = TLanes.Select(TLanes.LessThan(highest, x), highest, x);
        x = TLanes.Select(TLanes.LessThan(x, lowest), lowest, x);

        var n = TLanes.Subtract(TLanes.FusedMultiplyAdd(x, TLanes.Broadcast(Log2OfE), rounder), rounder);
        var r = TLanes.FusedMultiplyAdd(n, TLanes.Broadcast(-Ln2High), x);
        r = TLanes.FusedMultiplyAdd(n, TLanes.Broadcast(-Ln2Low), r);

        var p = TLanes.Broadcast(1.9875691500e-4f);
        p = TLanes.FusedMultiplyAdd(p, r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.FusedMultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.FusedMultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.FusedMultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.FusedMultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        p = TLanes.FusedMultiplyAdd(p, TLanes.Multiply(r, r), r);
        p = TLanes.Add(p, TLanes.Broadcast(1f));

        var half = TLanes.Subtract(TLanes.FusedMultiplyAdd(n, TLanes.Broadcast(0.5f), rounder), rounder);
        var rest = TLanes.Subtract(n, half);
        return TLanes.Multiply(TLanes.Multiply(p, PowerOfTwo(half)), PowerOfTwo(rest));
    }

    // 2^n for an integer n from -126 to 127: n moved into the exponent's place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PowerOfTwo(TVector n)
    {
        var integer = TLanes.Add(n, TLanes.Broadcast(Rounder));
        return TLanes.AddBits(TLanes.ShiftBitsLeft(integer, FractionBits), BitsOfOne);
    }
}
