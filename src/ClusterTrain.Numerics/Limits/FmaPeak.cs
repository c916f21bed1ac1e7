using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Limits;

/// <summary>
/// The most fused multiply-adds a core can do: chains that live in registers and touch no memory. What matrix products
/// are measured against.
/// </summary>
public static unsafe class FmaPeak
{
    private const int Chains = 12;

    /// <summary>Runs <paramref name="rounds"/> rounds and gives the floating-point operations done (two each).</summary>
    /// <param name="rounds">Fused multiply-adds of each chain.</param>
    /// <param name="proof">The chains' end, so that nothing can be left out.</param>
    public static long Run(long rounds, out float proof)
    {
        var lanes = VectorWidths.Best switch
        {
            VectorWidth.Bits512 => Chain<Vector512<float>, Lanes512>(rounds, out proof),
            VectorWidth.Bits256 => Chain<Vector256<float>, Lanes256>(rounds, out proof),
            VectorWidth.Bits128 => Chain<Vector128<float>, Lanes128>(rounds, out proof),
            _ => Chain<float, LanesScalar>(rounds, out proof),
        };
        return rounds * Chains * lanes * 2;
    }

    // One local a chain: an array would put them into memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Chain<TVector, TLanes>(long rounds, out float proof)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        var (x, y) = (TLanes.Broadcast(0.999999f), TLanes.Broadcast(1e-6f));
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var round = 0L; round < rounds; round++)
        {
            a = TLanes.FusedMultiplyAdd(a, x, y);
            b = TLanes.FusedMultiplyAdd(b, x, y);
            c = TLanes.FusedMultiplyAdd(c, x, y);
            d = TLanes.FusedMultiplyAdd(d, x, y);
            e = TLanes.FusedMultiplyAdd(e, x, y);
            f = TLanes.FusedMultiplyAdd(f, x, y);
            g = TLanes.FusedMultiplyAdd(g, x, y);
            h = TLanes.FusedMultiplyAdd(h, x, y);
            i = TLanes.FusedMultiplyAdd(i, x, y);
            j = TLanes.FusedMultiplyAdd(j, x, y);
            k = TLanes.FusedMultiplyAdd(k, x, y);
            l = TLanes.FusedMultiplyAdd(l, x, y);
        }

        var sum = TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h)));
        sum = TLanes.Add(sum, TLanes.Add(TLanes.Add(i, j), TLanes.Add(k, l)));
        proof = *(float*)&sum;
        return TLanes.Count;
    }
}
