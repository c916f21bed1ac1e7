using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// Sums rows that were cut to their kept columns in the fixed tree of neighbours: two rows at a time are expanded in
/// registers (+0 where a row has none) and added, then the sums of pairs. Addition for addition the same as expanding
/// whole rows first.
/// </summary>
public static unsafe class MaskedTreeSum
{
    /// <summary>Columns handled at once; buffers must have room for a multiple of it.</summary>
    public const int Block = 16;

    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Buffers that a sum over <paramref name="rows"/> needs.</summary>
    public static int Buffers(int rows) => (rows + 1) / 2;

    /// <summary>Leaves the tree sum over all rows in <c>buffers[0]</c>.</summary>
    /// <param name="rows">
    /// For each row its kept values, readable <see cref="Block"/> floats beyond the last, or null when it has none: then
    /// it counts as +0.
    /// </param>
    /// <param name="masks">For each row a word a block: bit b set when column 16 * block + b is kept.</param>
    /// <param name="count">Rows, 1 or more.</param>
    /// <param name="buffers"><see cref="Buffers"/> rows of whole blocks; overwritten.</param>
    /// <param name="blocks">Blocks of 16 columns.</param>
    public static void Run(float** rows, ushort** masks, int count, float[][] buffers, int blocks)
    {
        for (var pair = 0; pair < count / 2; pair++)
            fixed (float* sum = buffers[pair])
                AddPair(rows + (2 * pair), masks + (2 * pair), sum, blocks);
        if ((count & 1) == 1)
            fixed (float* last = buffers[count / 2])
                Expand(rows[count - 1], masks[count - 1], last, blocks);
        Fold(buffers, Buffers(count), blocks);
    }

    /// <summary>One row at full width, +0 in the columns that it lacks.</summary>
    /// <param name="row">Kept values, readable <see cref="Block"/> floats beyond the last.</param>
    /// <param name="mask">A word a block: bit b set when column 16 * block + b is kept.</param>
    /// <param name="target">Whole blocks; overwritten.</param>
    /// <param name="blocks">Blocks of 16 columns.</param>
    public static void Expand(float* row, ushort* mask, float[] target, int blocks)
    {
        fixed (float* start = target) Expand(row, mask, start, blocks);
    }

    private static void AddPair(float** rows, ushort** masks, float* sum, int blocks)
    {
        var left = rows[0];
        var right = rows[1];
        if (left != null && right != null) AddTwo(left, masks[0], right, masks[1], sum, blocks);
        else if (left != null) AddToZero(left, masks[0], sum, blocks);
        else AddToZero(right, masks[1], sum, blocks);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTwo(float* left, ushort* leftMask, float* right, ushort* rightMask, float* sum, int blocks)
    {
        var bits = Bits();
        for (var block = 0; block < blocks; block++)
        {
            var (a, b) = (leftMask[block], rightMask[block]);
            (Pick(left, a, bits) + Pick(right, b, bits)).Store(sum + (block * Block));
            left += BitOperations.PopCount(a);
            right += BitOperations.PopCount(b);
        }
    }

    // Adding +0 turns -0 into +0, as a dense row of zeros would.
    private static void AddToZero(float* row, ushort* mask, float* sum, int blocks)
    {
        Expand(row, mask, sum, blocks);
        if (row == null) return;
        for (var block = 0; block < blocks; block++)
            (Vector512.Load(sum + (block * Block)) + Vector512<float>.Zero).Store(sum + (block * Block));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Expand(float* row, ushort* mask, float* target, int blocks)
    {
        if (row == null)
        {
            new Span<float>(target, blocks * Block).Clear();
            return;
        }

        var bits = Bits();
        for (var block = 0; block < blocks; block++)
        {
            Pick(row, mask[block], bits).Store(target + (block * Block));
            row += BitOperations.PopCount(mask[block]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pick(float* row, ushort mask, Vector512<int> bits) => Avx512F.Expand(
        Vector512<float>.Zero, Vector512.Equals(Vector512.Create((int)mask) & bits, bits).AsSingle(), Vector512.Load(row));

    private static Vector512<int> Bits() =>
        Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);

    // Neighbours in pairs; one without a partner passes up unchanged.
    private static void Fold(float[][] buffers, int count, int blocks)
    {
        if (count == 4)
        {
            fixed (float* a = buffers[0], b = buffers[1], c = buffers[2], d = buffers[3])
                AddFour(a, b, c, d, blocks);
            return;
        }

        for (; count > 1; count = (count + 1) / 2)
        {
            for (var pair = 0; pair < count / 2; pair++)
                fixed (float* sum = buffers[pair], a = buffers[2 * pair], b = buffers[(2 * pair) + 1])
                    AddRows(a, b, sum, blocks);
            if ((count & 1) == 1) buffers[count - 1].AsSpan(0, blocks * Block).CopyTo(buffers[count / 2]);
        }
    }

    private static void AddRows(float* a, float* b, float* sum, int blocks)
    {
        for (var i = 0; i < blocks * Block; i += Block) (Vector512.Load(a + i) + Vector512.Load(b + i)).Store(sum + i);
    }

    private static void AddFour(float* a, float* b, float* c, float* d, int blocks)
    {
        for (var i = 0; i < blocks * Block; i += Block)
            (Vector512.Load(a + i) + Vector512.Load(b + i) + (Vector512.Load(c + i) + Vector512.Load(d + i))).Store(a + i);
    }
}
