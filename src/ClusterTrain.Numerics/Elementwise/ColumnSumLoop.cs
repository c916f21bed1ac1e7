using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>Sums down columns, several vectors of columns at a time so that additions overlap.</summary>
internal static unsafe class ColumnSumLoop
{
    public static void Run(
        VectorWidth width, ReadOnlySpan<float> x, int rows, int columns, int stride, Span<float> sums, bool accumulate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        if (sums.Length != columns)
            throw new ArgumentException($"{sums.Length} sums for {columns} columns.", nameof(sums));
        if (rows > 0 && ((long)(rows - 1) * stride) + columns > x.Length)
            throw new ArgumentException($"[{rows}, {columns}] at stride {stride} in {x.Length} floats.", nameof(x));
        if (!accumulate)
            sums.Clear();
        fixed (float* from = x, to = sums)
        {
            var done = width switch
            {
                VectorWidth.Bits512 => Run<Vector512<float>, Lanes512>(from, rows, 0, columns, stride, to),
                VectorWidth.Bits256 => Run<Vector256<float>, Lanes256>(from, rows, 0, columns, stride, to),
                VectorWidth.Bits128 => Run<Vector128<float>, Lanes128>(from, rows, 0, columns, stride, to),
                _ => 0,
            };
            Run<float, LanesScalar>(from, rows, done, columns, stride, to);
        }
    }

    // Sums columns from start on as far as whole vectors go; returns the first column left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<TVector, TLanes>(float* x, int rows, int start, int columns, nint stride, float* sums)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var column = start;
        for (; column <= columns - (4 * TLanes.Count); column += 4 * TLanes.Count)
        {
            var to = sums + column;
            var sum0 = TLanes.Load(to);
            var sum1 = TLanes.Load(to + TLanes.Count);
            var sum2 = TLanes.Load(to + (2 * TLanes.Count));
            var sum3 = TLanes.Load(to + (3 * TLanes.Count));
            var from = x + column;
            for (var row = 0; row < rows; row++)
            {
                sum0 = TLanes.Add(sum0, TLanes.Load(from));
                sum1 = TLanes.Add(sum1, TLanes.Load(from + TLanes.Count));
                sum2 = TLanes.Add(sum2, TLanes.Load(from + (2 * TLanes.Count)));
                sum3 = TLanes.Add(sum3, TLanes.Load(from + (3 * TLanes.Count)));
                from += stride;
            }

            TLanes.Store(sum0, to);
            TLanes.Store(sum1, to + TLanes.Count);
            TLanes.Store(sum2, to + (2 * TLanes.Count));
            TLanes.Store(sum3, to + (3 * TLanes.Count));
        }

        for (; column <= columns - TLanes.Count; column += TLanes.Count)
        {
            var sum = TLanes.Load(sums + column);
            for (nint row = 0; row < rows; row++)
                sum = TLanes.Add(sum, TLanes.Load(x + (row * stride) + column));
            TLanes.Store(sum, sums + column);
        }

        return column;
    }
}
