using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Kernels;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>What <see cref="TapSumKernel{TVector, TLanes, TRows, TVectors}"/> reads and writes. All steps count floats.</summary>
internal readonly unsafe struct TapSumTask
{
    /// <summary>a(tap, k, row) is <c>A[((tap * Depth) + k) * rows + row]</c>.</summary>
    public float* A { get; init; }

    /// <summary>b(tap, k, column) is <c>B[Taps[tap] + (k * BStep) + column]</c>; whole vectors are read.</summary>
    public float* B { get; init; }

    public int* Taps { get; init; }

    public int TapCount { get; init; }

    public nint BStep { get; init; }

    /// <summary>Floats from a tile's first vector of B to its second one.</summary>
    public nint SecondVector { get; init; }

    /// <summary>Links of each chain.</summary>
    public nint Depth { get; init; }

    /// <summary>c(row, column) is <c>C[row * CStride + column]</c>; whole vectors are written.</summary>
    public float* C { get; init; }

    public nint CStride { get; init; }
}

/// <summary>
/// A tile of a convolution's input gradient, up to 6 rows by 2 vectors: each element adds up, from +0 and tap after tap, one chain of
/// fused multiply-adds over the output channels.
/// </summary>
/// <remarks>As <see cref="TileKernel{TVector, TLanes, TRows, TVectors, TWalk}"/>: 12 sums, 12 chains, 2 vectors of B, 1 element of A.</remarks>
internal static unsafe class TapSumKernel<TVector, TLanes, TRows, TVectors>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TRows : struct, ICount
    where TVectors : struct, ICount
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TapSumTask task)
    {
        // c [rows, vectors * lanes] = sum over taps of a [depth, rows]^T b [depth, vectors * lanes]
        TVector s00 = TLanes.Broadcast(0f), s10 = TLanes.Broadcast(0f), s20 = TLanes.Broadcast(0f), s30 = TLanes.Broadcast(0f), s40 = TLanes.Broadcast(0f), s50 = TLanes.Broadcast(0f);
        TVector s01 = TLanes.Broadcast(0f), s11 = TLanes.Broadcast(0f), s21 = TLanes.Broadcast(0f), s31 = TLanes.Broadcast(0f), s41 = TLanes.Broadcast(0f), s51 = TLanes.Broadcast(0f);
        var a = task.A;
        var taps = task.Taps;
        var (bStep, second) = (task.BStep, task.SecondVector);
        for (var tap = task.TapCount; tap > 0; tap--)
        {
            var b = task.B + *taps++;
            TVector c00 = TLanes.Broadcast(0f), c10 = TLanes.Broadcast(0f), c20 = TLanes.Broadcast(0f), c30 = TLanes.Broadcast(0f), c40 = TLanes.Broadcast(0f), c50 = TLanes.Broadcast(0f);
            TVector c01 = TLanes.Broadcast(0f), c11 = TLanes.Broadcast(0f), c21 = TLanes.Broadcast(0f), c31 = TLanes.Broadcast(0f), c41 = TLanes.Broadcast(0f), c51 = TLanes.Broadcast(0f);
            for (var left = task.Depth; left > 0; left--)
            {
                var b0 = TLanes.Load(b);
                var b1 = TVectors.Value > 1 ? TLanes.Load(b + second) : default;
                b += bStep;

                var a0 = TLanes.Broadcast(a[0]);
                c00 = TLanes.FusedMultiplyAdd(a0, b0, c00);
                if (TVectors.Value > 1) c01 = TLanes.FusedMultiplyAdd(a0, b1, c01);

                if (TRows.Value > 1)
                {
                    var a1 = TLanes.Broadcast(a[1]);
                    c10 = TLanes.FusedMultiplyAdd(a1, b0, c10);
                    if (TVectors.Value > 1) c11 = TLanes.FusedMultiplyAdd(a1, b1, c11);
                }

                if (TRows.Value > 2)
                {
                    var a2 = TLanes.Broadcast(a[2]);
                    c20 = TLanes.FusedMultiplyAdd(a2, b0, c20);
                    if (TVectors.Value > 1) c21 = TLanes.FusedMultiplyAdd(a2, b1, c21);
                }

                if (TRows.Value > 3)
                {
                    var a3 = TLanes.Broadcast(a[3]);
                    c30 = TLanes.FusedMultiplyAdd(a3, b0, c30);
                    if (TVectors.Value > 1) c31 = TLanes.FusedMultiplyAdd(a3, b1, c31);
                }

                if (TRows.Value > 4)
                {
                    var a4 = TLanes.Broadcast(a[4]);
                    c40 = TLanes.FusedMultiplyAdd(a4, b0, c40);
                    if (TVectors.Value > 1) c41 = TLanes.FusedMultiplyAdd(a4, b1, c41);
                }

                if (TRows.Value > 5)
                {
                    var a5 = TLanes.Broadcast(a[5]);
                    c50 = TLanes.FusedMultiplyAdd(a5, b0, c50);
                    if (TVectors.Value > 1) c51 = TLanes.FusedMultiplyAdd(a5, b1, c51);
                }

                a += TRows.Value;
            }

            s00 = TLanes.Add(s00, c00);
            if (TVectors.Value > 1) s01 = TLanes.Add(s01, c01);

            if (TRows.Value > 1)
            {
                s10 = TLanes.Add(s10, c10);
                if (TVectors.Value > 1) s11 = TLanes.Add(s11, c11);
            }

            if (TRows.Value > 2)
            {
                s20 = TLanes.Add(s20, c20);
                if (TVectors.Value > 1) s21 = TLanes.Add(s21, c21);
            }

            if (TRows.Value > 3)
            {
                s30 = TLanes.Add(s30, c30);
                if (TVectors.Value > 1) s31 = TLanes.Add(s31, c31);
            }

            if (TRows.Value > 4)
            {
                s40 = TLanes.Add(s40, c40);
                if (TVectors.Value > 1) s41 = TLanes.Add(s41, c41);
            }

            if (TRows.Value > 5)
            {
                s50 = TLanes.Add(s50, c50);
                if (TVectors.Value > 1) s51 = TLanes.Add(s51, c51);
            }
        }

        var to = task.C;
        var stride = task.CStride;
        TLanes.Store(s00, to);
        if (TVectors.Value > 1) TLanes.Store(s01, to + TLanes.Count);

        if (TRows.Value > 1)
        {
            TLanes.Store(s10, to + stride);
            if (TVectors.Value > 1) TLanes.Store(s11, to + stride + TLanes.Count);
        }

        if (TRows.Value > 2)
        {
            TLanes.Store(s20, to + (2 * stride));
            if (TVectors.Value > 1) TLanes.Store(s21, to + (2 * stride) + TLanes.Count);
        }

        if (TRows.Value > 3)
        {
            TLanes.Store(s30, to + (3 * stride));
            if (TVectors.Value > 1) TLanes.Store(s31, to + (3 * stride) + TLanes.Count);
        }

        if (TRows.Value > 4)
        {
            TLanes.Store(s40, to + (4 * stride));
            if (TVectors.Value > 1) TLanes.Store(s41, to + (4 * stride) + TLanes.Count);
        }

        if (TRows.Value > 5)
        {
            TLanes.Store(s50, to + (5 * stride));
            if (TVectors.Value > 1) TLanes.Store(s51, to + (5 * stride) + TLanes.Count);
        }
    }
}
