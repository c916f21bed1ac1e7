using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Kernels;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// A product's epilogue as a pass of its own, for products that a library stores: plus bias, cut below zero, times scale,
/// through the gate; each rounds by itself, as in <see cref="Products.Epilogue"/>.
/// </summary>
internal static unsafe class FinishLoop
{
    /// <param name="c">[rows, columns] at <paramref name="stride"/> floats a row, in place.</param>
    /// <param name="finish">Of all of C; nothing is read beyond its last column.</param>
    public static void Run(float* c, int rows, int columns, nint stride, in TileFinish finish)
    {
        for (nint row = 0; row < rows; row++)
        {
            Run(c + (row * stride), columns, finish with
            {
                Bias = finish.Bias is null || !finish.BiasRunsDown ? finish.Bias : finish.Bias + row,
                Gate = finish.Gate is null ? null : finish.Gate + (row * finish.GateStride),
            });
        }
    }

    private static void Run(float* row, int columns, in TileFinish finish)
    {
        var done = VectorWidths.Best switch
        {
            VectorWidth.Bits512 => Run<Vector512<float>, Lanes512>(row, 0, columns, finish),
            VectorWidth.Bits256 => Run<Vector256<float>, Lanes256>(row, 0, columns, finish),
            VectorWidth.Bits128 => Run<Vector128<float>, Lanes128>(row, 0, columns, finish),
            _ => 0,
        };
        Run<float, LanesScalar>(row, done, columns, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<TVector, TLanes>(float* row, int start, int end, in TileFinish finish)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var bias = finish.Bias;
        var gate = finish.Gate;
        var (relu, scales) = (finish.Relu, finish.Scale != 1f);
        var across = bias != null && !finish.BiasRunsDown;
        var ofRow = TLanes.Broadcast(bias == null || across ? 0f : *bias);
        var (zero, factor, gateFactor) = (
            TLanes.Broadcast(0f), TLanes.Broadcast(finish.Scale), TLanes.Broadcast(finish.GateScale));
        var i = start;
        for (; i <= end - TLanes.Count; i += TLanes.Count)
        {
            var value = TLanes.Load(row + i);
            if (bias != null) value = TLanes.Add(value, across ? TLanes.Load(bias + i) : ofRow);
            // NaN is not less than zero, and stays.
            if (relu) value = TLanes.Select(TLanes.LessThanOrEqual(value, zero), zero, value);
            if (scales) value = TLanes.Multiply(value, factor);
            if (gate != null)
            {
                var open = TLanes.LessThan(zero, TLanes.Load(gate + i));
                value = TLanes.Select(open, TLanes.Multiply(value, gateFactor), zero);
            }

            TLanes.Store(value, row + i);
        }

        return i;
    }
}
