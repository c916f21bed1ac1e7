using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>
/// A product's epilogue as a pass of its own, for products that a library stores: plus bias, cut below zero, times scale;
/// each rounds by itself, as in <see cref="Products.Epilogue"/>.
/// </summary>
internal static unsafe class FinishLoop
{
    /// <param name="row">[columns], in place.</param>
    /// <param name="bias">[columns], or [1] when it is one for the row, or null.</param>
    public static void Run(float* row, int columns, float* bias, bool isOneBias, bool relu, float scale)
    {
        var done = VectorWidths.Best switch
        {
            VectorWidth.Bits512 => Run<Vector512<float>, Lanes512>(row, 0, columns, bias, isOneBias, relu, scale),
            VectorWidth.Bits256 => Run<Vector256<float>, Lanes256>(row, 0, columns, bias, isOneBias, relu, scale),
            VectorWidth.Bits128 => Run<Vector128<float>, Lanes128>(row, 0, columns, bias, isOneBias, relu, scale),
            _ => 0,
        };
        Run<float, LanesScalar>(row, done, columns, bias, isOneBias, relu, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<TVector, TLanes>(float* row, int start, int end, float* bias, bool isOneBias, bool relu, float scale)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var (zero, factor) = (TLanes.Broadcast(0f), TLanes.Broadcast(scale));
        var one = isOneBias && bias != null ? TLanes.Broadcast(*bias) : zero;
        var i = start;
        for (; i <= end - TLanes.Count; i += TLanes.Count)
        {
            var value = TLanes.Load(row + i);
            if (bias != null) value = TLanes.Add(value, isOneBias ? one : TLanes.Load(bias + i));
            // NaN is not less than zero, and stays.
            if (relu) value = TLanes.Select(TLanes.LessThanOrEqual(value, zero), zero, value);
            if (scale != 1f) value = TLanes.Multiply(value, factor);
            TLanes.Store(value, row + i);
        }

        return i;
    }
}
