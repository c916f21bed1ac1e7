using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>Transposes a few rows in registers: four floats of each row a turn.</summary>
internal static unsafe class BlockTransposition
{
    /// <summary>to [depth, step] = rows [4, column...]^T; writes 4 floats a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRows(float** rows, nint column, int depth, float* to, nint step)
    {
        var row0 = rows[0] + column;
        var row1 = rows[1] + column;
        var row2 = rows[2] + column;
        var row3 = rows[3] + column;
        var k = 0;
        for (; k <= depth - 4; k += 4)
        {
            var x0 = Vector128.Load(row0 + k);
            var x1 = Vector128.Load(row1 + k);
            var x2 = Vector128.Load(row2 + k);
            var x3 = Vector128.Load(row3 + k);
            var (low01, high01, low23, high23) = (ZipLow(x0, x1), ZipHigh(x0, x1), ZipLow(x2, x3), ZipHigh(x2, x3));
            Vector128.Store(JoinLow(low01, low23), to);
            Vector128.Store(JoinHigh(low01, low23), to + step);
            Vector128.Store(JoinLow(high01, high23), to + (2 * step));
            Vector128.Store(JoinHigh(high01, high23), to + (3 * step));
            to += 4 * step;
        }

        CopyRest(rows, 4, column, k, depth, to, step);
    }

    /// <summary>to [depth, step] = rows [8, column...]^T; writes 8 floats a line. Needs AVX.</summary>
    /// <remarks>Rows i and i + 4 share a vector, so that two 4 by 4 transpositions leave whole lines of 8.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EightRows(float** rows, nint column, int depth, float* to, nint step)
    {
        var row0 = rows[0] + column;
        var row1 = rows[1] + column;
        var row2 = rows[2] + column;
        var row3 = rows[3] + column;
        var row4 = rows[4] + column;
        var row5 = rows[5] + column;
        var row6 = rows[6] + column;
        var row7 = rows[7] + column;
        var k = 0;
        for (; k <= depth - 4; k += 4)
        {
            var x04 = Vector256.Create(Vector128.Load(row0 + k), Vector128.Load(row4 + k));
            var x15 = Vector256.Create(Vector128.Load(row1 + k), Vector128.Load(row5 + k));
            var x26 = Vector256.Create(Vector128.Load(row2 + k), Vector128.Load(row6 + k));
            var x37 = Vector256.Create(Vector128.Load(row3 + k), Vector128.Load(row7 + k));
            var low01 = Avx.UnpackLow(x04, x15).AsDouble();
            var high01 = Avx.UnpackHigh(x04, x15).AsDouble();
            var low23 = Avx.UnpackLow(x26, x37).AsDouble();
            var high23 = Avx.UnpackHigh(x26, x37).AsDouble();
            Vector256.Store(Avx.UnpackLow(low01, low23).AsSingle(), to);
            Vector256.Store(Avx.UnpackHigh(low01, low23).AsSingle(), to + step);
            Vector256.Store(Avx.UnpackLow(high01, high23).AsSingle(), to + (2 * step));
            Vector256.Store(Avx.UnpackHigh(high01, high23).AsSingle(), to + (3 * step));
            to += 4 * step;
        }

        CopyRest(rows, 8, column, k, depth, to, step);
    }

    /// <summary>The same one float at a time, for k from <paramref name="start"/> on.</summary>
    public static void CopyRest(float** rows, int count, nint column, int start, int depth, float* to, nint step)
    {
        for (var k = start; k < depth; k++)
        {
            for (var row = 0; row < count; row++)
                to[row] = rows[row][column + k];
            to += step;
        }
    }

    /// <summary>(l0, r0, l1, r1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : Vector128.Create(left[0], right[0], left[1], right[1]);

    /// <summary>(l2, r2, l3, r3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : Vector128.Create(left[2], right[2], left[3], right[3]);

    /// <summary>(l0, l1, r0, r1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> JoinLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left.AsDouble(), right.AsDouble()).AsSingle()
        : Vector128.Create(left[0], left[1], right[0], right[1]);

    /// <summary>(l2, l3, r2, r3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> JoinHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.MoveHighToLow(right, left)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left.AsDouble(), right.AsDouble()).AsSingle()
        : Vector128.Create(left[2], left[3], right[2], right[3]);
}
