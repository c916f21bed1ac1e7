using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>
/// The innermost loop of every product: a tile of C, up to 12 rows by 2 vectors, held in registers while k runs.
/// </summary>
/// <remarks>
/// Each lane of each accumulator is one element's own chain of fused multiply-adds over ascending k; lanes and rows
/// never mix, which is why every width and tile shape gives the same bits. The parallelism a processor needs to hide
/// the latency of its multiply-adds comes from the rows and vectors of the tile. One text serves all tile shapes:
/// accumulators that <typeparamref name="TRows"/> or <typeparamref name="TVectors"/> rule out vanish when compiled,
/// and what stays fits the registers (24 accumulators, 2 vectors of B and 1 element of A in 32).
/// </remarks>
internal static unsafe class TileKernel<TVector, TLanes, TRows, TVectors, TWalk>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TRows : struct, ICount
    where TVectors : struct, ICount
    where TWalk : struct, IWalk
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TileTask task)
    {
        // c [rows, vectors * lanes] += a [depth, rows]^T b [depth, vectors * lanes]
        TVector c00 = default, c10 = default, c20 = default, c30 = default, c40 = default, c50 = default;
        TVector c60 = default, c70 = default, c80 = default, c90 = default, cA0 = default, cB0 = default;
        TVector c01 = default, c11 = default, c21 = default, c31 = default, c41 = default, c51 = default;
        TVector c61 = default, c71 = default, c81 = default, c91 = default, cA1 = default, cB1 = default;
        if (task.ContinuesChain)
        {
            var from = task.C;
            var fromStride = task.CStride;
            c00 = TLanes.Load(from);
            if (TVectors.Value > 1) c01 = TLanes.Load(from + TLanes.Count);

            if (TRows.Value > 1)
            {
                c10 = TLanes.Load(from + fromStride);
                if (TVectors.Value > 1) c11 = TLanes.Load(from + fromStride + TLanes.Count);
            }

            if (TRows.Value > 2)
            {
                c20 = TLanes.Load(from + (2 * fromStride));
                if (TVectors.Value > 1) c21 = TLanes.Load(from + (2 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 3)
            {
                c30 = TLanes.Load(from + (3 * fromStride));
                if (TVectors.Value > 1) c31 = TLanes.Load(from + (3 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 4)
            {
                c40 = TLanes.Load(from + (4 * fromStride));
                if (TVectors.Value > 1) c41 = TLanes.Load(from + (4 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 5)
            {
                c50 = TLanes.Load(from + (5 * fromStride));
                if (TVectors.Value > 1) c51 = TLanes.Load(from + (5 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 6)
            {
                c60 = TLanes.Load(from + (6 * fromStride));
                if (TVectors.Value > 1) c61 = TLanes.Load(from + (6 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 7)
            {
                c70 = TLanes.Load(from + (7 * fromStride));
                if (TVectors.Value > 1) c71 = TLanes.Load(from + (7 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 8)
            {
                c80 = TLanes.Load(from + (8 * fromStride));
                if (TVectors.Value > 1) c81 = TLanes.Load(from + (8 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 9)
            {
                c90 = TLanes.Load(from + (9 * fromStride));
                if (TVectors.Value > 1) c91 = TLanes.Load(from + (9 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 10)
            {
                cA0 = TLanes.Load(from + (10 * fromStride));
                if (TVectors.Value > 1) cA1 = TLanes.Load(from + (10 * fromStride) + TLanes.Count);
            }

            if (TRows.Value > 11)
            {
                cB0 = TLanes.Load(from + (11 * fromStride));
                if (TVectors.Value > 1) cB1 = TLanes.Load(from + (11 * fromStride) + TLanes.Count);
            }
        }

        var a = task.A;
        var b = task.B;
        var aStep = task.AStep;
        var bStep = task.BStep;
        var steps = task.Steps;
        var second = TWalk.IsListed ? task.SecondVector : TLanes.Count;
        for (var left = task.Depth; left > 0; left--)
        {
            var line = TWalk.IsListed ? b + *steps++ : b;
            var b0 = TLanes.Load(line);
            var b1 = TVectors.Value > 1 ? TLanes.Load(line + second) : default;
            if (!TWalk.IsListed) b += bStep;

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

            if (TRows.Value > 6)
            {
                var a6 = TLanes.Broadcast(a[6]);
                c60 = TLanes.FusedMultiplyAdd(a6, b0, c60);
                if (TVectors.Value > 1) c61 = TLanes.FusedMultiplyAdd(a6, b1, c61);
            }

            if (TRows.Value > 7)
            {
                var a7 = TLanes.Broadcast(a[7]);
                c70 = TLanes.FusedMultiplyAdd(a7, b0, c70);
                if (TVectors.Value > 1) c71 = TLanes.FusedMultiplyAdd(a7, b1, c71);
            }

            if (TRows.Value > 8)
            {
                var a8 = TLanes.Broadcast(a[8]);
                c80 = TLanes.FusedMultiplyAdd(a8, b0, c80);
                if (TVectors.Value > 1) c81 = TLanes.FusedMultiplyAdd(a8, b1, c81);
            }

            if (TRows.Value > 9)
            {
                var a9 = TLanes.Broadcast(a[9]);
                c90 = TLanes.FusedMultiplyAdd(a9, b0, c90);
                if (TVectors.Value > 1) c91 = TLanes.FusedMultiplyAdd(a9, b1, c91);
            }

            if (TRows.Value > 10)
            {
                var aA = TLanes.Broadcast(a[10]);
                cA0 = TLanes.FusedMultiplyAdd(aA, b0, cA0);
                if (TVectors.Value > 1) cA1 = TLanes.FusedMultiplyAdd(aA, b1, cA1);
            }

            if (TRows.Value > 11)
            {
                var aB = TLanes.Broadcast(a[11]);
                cB0 = TLanes.FusedMultiplyAdd(aB, b0, cB0);
                if (TVectors.Value > 1) cB1 = TLanes.FusedMultiplyAdd(aB, b1, cB1);
            }

            a += aStep;
        }

        var to = task.C;
        var stride = task.CStride;
        TLanes.Store(c00, to);
        if (TVectors.Value > 1) TLanes.Store(c01, to + TLanes.Count);

        if (TRows.Value > 1)
        {
            TLanes.Store(c10, to + stride);
            if (TVectors.Value > 1) TLanes.Store(c11, to + stride + TLanes.Count);
        }

        if (TRows.Value > 2)
        {
            TLanes.Store(c20, to + (2 * stride));
            if (TVectors.Value > 1) TLanes.Store(c21, to + (2 * stride) + TLanes.Count);
        }

        if (TRows.Value > 3)
        {
            TLanes.Store(c30, to + (3 * stride));
            if (TVectors.Value > 1) TLanes.Store(c31, to + (3 * stride) + TLanes.Count);
        }

        if (TRows.Value > 4)
        {
            TLanes.Store(c40, to + (4 * stride));
            if (TVectors.Value > 1) TLanes.Store(c41, to + (4 * stride) + TLanes.Count);
        }

        if (TRows.Value > 5)
        {
            TLanes.Store(c50, to + (5 * stride));
            if (TVectors.Value > 1) TLanes.Store(c51, to + (5 * stride) + TLanes.Count);
        }

        if (TRows.Value > 6)
        {
            TLanes.Store(c60, to + (6 * stride));
            if (TVectors.Value > 1) TLanes.Store(c61, to + (6 * stride) + TLanes.Count);
        }

        if (TRows.Value > 7)
        {
            TLanes.Store(c70, to + (7 * stride));
            if (TVectors.Value > 1) TLanes.Store(c71, to + (7 * stride) + TLanes.Count);
        }

        if (TRows.Value > 8)
        {
            TLanes.Store(c80, to + (8 * stride));
            if (TVectors.Value > 1) TLanes.Store(c81, to + (8 * stride) + TLanes.Count);
        }

        if (TRows.Value > 9)
        {
            TLanes.Store(c90, to + (9 * stride));
            if (TVectors.Value > 1) TLanes.Store(c91, to + (9 * stride) + TLanes.Count);
        }

        if (TRows.Value > 10)
        {
            TLanes.Store(cA0, to + (10 * stride));
            if (TVectors.Value > 1) TLanes.Store(cA1, to + (10 * stride) + TLanes.Count);
        }

        if (TRows.Value > 11)
        {
            TLanes.Store(cB0, to + (11 * stride));
            if (TVectors.Value > 1) TLanes.Store(cB1, to + (11 * stride) + TLanes.Count);
        }
    }
}
