using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>Runs an operation over elements, in vectors as far as they go and singly for the rest.</summary>
internal static unsafe class ElementLoop<TOperation>
    where TOperation : struct, IElementOperation
{
    private static readonly VectorWidth Best = VectorWidths.Best;

    /// <param name="x">[n]</param>
    /// <param name="y">[n]</param>
    /// <param name="result">[n], may be the memory of x or of y.</param>
    public static void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result, float factor) =>
        Run(Best, x, y, result, factor);

    public static void Run(
        VectorWidth width, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result, float factor)
    {
        if (x.Length != result.Length || y.Length != result.Length)
            throw new ArgumentException($"Lengths differ: {x.Length}, {y.Length}, {result.Length}.");
        fixed (float* xs = x, ys = y, results = result)
        {
            var done = width switch
            {
                VectorWidth.Bits512 => Run<Vector512<float>, Lanes512>(xs, ys, results, 0, result.Length, factor),
                VectorWidth.Bits256 => Run<Vector256<float>, Lanes256>(xs, ys, results, 0, result.Length, factor),
                VectorWidth.Bits128 => Run<Vector128<float>, Lanes128>(xs, ys, results, 0, result.Length, factor),
                _ => 0,
            };
            Run<float, LanesScalar>(xs, ys, results, done, result.Length, factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<TVector, TLanes>(float* x, float* y, float* result, int start, int end, float factor)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var factors = TLanes.Broadcast(factor);
        var i = start;
        for (; i <= end - TLanes.Count; i += TLanes.Count)
        {
            var value = TOperation.Apply<TVector, TLanes>(TLanes.Load(x + i), TLanes.Load(y + i), factors);
            TLanes.Store(value, result + i);
        }

        return i;
    }
}
