using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// Sums rows that were cut to their kept columns, in one pass and without writing any of them out at full width: sixteen
/// columns at a time are expanded into registers (+0 where a row has none) and added in the fixed tree of neighbours.
/// Addition for addition the same as expanding whole rows first.
/// </summary>
public static unsafe class MaskedTreeSum
{
    /// <summary>Columns handled at once; targets must have room for a multiple of it.</summary>
    public const int Block = 16;

    /// <summary>Most rows of one sum: what fits the stack comfortably.</summary>
    public const int MaxRows = 64;

    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>target[column] = tree sum over rows.</summary>
    /// <param name="rows">
    /// For each row its kept values, readable <see cref="Block"/> floats beyond the last, or null when it has none.
    /// </param>
    /// <param name="masks">For each row a word a block: bit b set when column 16 * block + b is kept.</param>
    /// <param name="count">Rows, 1 to <see cref="MaxRows"/>; the pointers in <paramref name="rows"/> are advanced.</param>
    /// <param name="target">Written in whole blocks.</param>
    /// <param name="blocks">Blocks of 16 columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float** rows, ushort** masks, int count, float* target, int blocks)
    {
        var lanes = stackalloc Vector512<float>[count];
        var bits = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        for (var block = 0; block < blocks; block++)
        {
            for (var row = 0; row < count; row++)
                lanes[row] = rows[row] == null ? Vector512<float>.Zero : Next(ref rows[row], masks[row][block], bits);
            Fold(lanes, count).Store(target + (block * Block));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Next(ref float* row, ushort mask, Vector512<int> bits)
    {
        var values = Vector512.Load(row);
        if (mask == ushort.MaxValue)
        {
            row += Block;
            return values;
        }

        row += System.Numerics.BitOperations.PopCount(mask);
        var kept = Vector512.Equals(Vector512.Create((int)mask) & bits, bits);
        return Avx512F.Expand(Vector512<float>.Zero, kept.AsSingle(), values);
    }

    // Neighbours in pairs; one without a partner passes up unchanged.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fold(Vector512<float>* lanes, int count)
    {
        if (count == 8)
        {
            return lanes[0] + lanes[1] + (lanes[2] + lanes[3])
                + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
        }

        while (count > 1)
        {
            var pairs = count / 2;
            for (var pair = 0; pair < pairs; pair++) lanes[pair] = lanes[2 * pair] + lanes[(2 * pair) + 1];
            if ((count & 1) == 1) lanes[pairs] = lanes[count - 1];
            count = pairs + (count & 1);
        }

        return lanes[0];
    }
}
