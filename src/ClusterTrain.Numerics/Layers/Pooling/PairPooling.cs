using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>
/// Pooling of blocks of 2 x 2 side by side, the usual ones, sixteen a turn. The last turn of a row reads and writes past
/// it; what it writes there is overwritten by the rows that follow, which must be done later.
/// </summary>
internal static unsafe class PairPooling
{
    private const int Lanes = 16;

    private static readonly Vector512<int> Even =
        Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);

    private static readonly Vector512<int> Low =
        Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);

    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Two rows at <paramref name="source"/> to one of <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ForwardRow(float* source, int width, int count, float* pooled, int* winners)
    {
        var (even, odd) = (Even, Even + Vector512<int>.One);
        for (var x = 0; x < count; x += Lanes)
        {
            var top = source + (2 * x);
            var below = top + width;
            var (top0, top1) = (Vector512.Load(top), Vector512.Load(top + Lanes));
            var (below0, below1) = (Vector512.Load(below), Vector512.Load(below + Lanes));
            var best = Avx512F.PermuteVar16x32x2(top0, even, top1);
            var winner = Vector512<int>.Zero;
            Challenge(Avx512F.PermuteVar16x32x2(top0, odd, top1), 1, ref best, ref winner);
            Challenge(Avx512F.PermuteVar16x32x2(below0, even, below1), 2, ref best, ref winner);
            Challenge(Avx512F.PermuteVar16x32x2(below0, odd, below1), 3, ref best, ref winner);
            best.Store(pooled + x);
            winner.Store(winners + x);
        }
    }

    /// <summary>One row of <paramref name="count"/> to two rows of <paramref name="width"/> at the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BackwardRow(float* dy, int* winners, int count, float* target, int width)
    {
        var (low, high, lanes) = (Low, Low + Vector512.Create(8), Vector512<int>.Indices);
        for (var line = 0; line < 2; line++)
        {
            var row = target + (line * width);
            for (var x = 0; x < count; x += Lanes)
            {
                var (upstream, winner) = (Vector512.Load(dy + x), Vector512.Load(winners + x));

                // Beyond the row there is nothing to send anywhere.
                winner = Vector512.ConditionalSelect(
                    Vector512.LessThan(lanes, Vector512.Create(count - x)), winner, Vector512.Create(-1));
                var even = To(upstream, winner, 2 * line);
                var odd = To(upstream, winner, (2 * line) + 1);
                Avx512F.PermuteVar16x32x2(even, low, odd).Store(row + (2 * x));
                if (count - x > Lanes / 2) Avx512F.PermuteVar16x32x2(even, high, odd).Store(row + (2 * x) + Lanes);
            }

            for (var x = 2 * count; x < width; x++) row[x] = 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector512<float> value, int place, ref Vector512<float> best, ref Vector512<int> winner)
    {
        var wins = Vector512.GreaterThan(value, best) | ~Vector512.Equals(value, value);
        best = Vector512.ConditionalSelect(wins, value, best);
        winner = Vector512.ConditionalSelect(wins.AsInt32(), Vector512.Create(place), winner);
    }

    // Adding +0 makes +0 of -0, as adding to a cleared place does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> To(Vector512<float> upstream, Vector512<int> winner, int place) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(winner, Vector512.Create(place)).AsSingle(), upstream, Vector512<float>.Zero)
        + Vector512<float>.Zero;
}
