using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Sixteen picked positions of a stored row, prepared once and gathered out of many rows: where they lie within 32 or
/// 64 neighbours, as the kept units of a thinned layer do, a permutation of two or four vectors takes them all at once.
/// </summary>
internal readonly unsafe struct PickedRun
{
    /// <summary>Positions in a run.</summary>
    public const int Length = 16;

    private readonly int* _index;
    private readonly int _window;
    private readonly int _start;
    private readonly Vector512<int> _where;

    /// <param name="index">[16], ascending.</param>
    /// <param name="width">Floats that may be read of each row from its start on.</param>
    /// <param name="permutes">Whether vectors of this size may be used.</param>
    public PickedRun(int* index, int width, bool permutes)
    {
        _index = index;
        _window = 0;
        if (!permutes || !Avx512F.IsSupported)
            return;
        foreach (var window in (ReadOnlySpan<int>)[32, 64])
        {
            // At the row's end the window moves back rather than beyond it.
            var start = Math.Min(index[0], width - window);
            if (start < 0 || index[Length - 1] - start >= window)
                continue;
            _window = window;
            _start = start;
            _where = Vector512.Load(index) - Vector512.Create(start);
            return;
        }
    }

    /// <summary>Writes the row's floats at the sixteen positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Gather(float* row, float* to)
    {
        if (_window == 0)
        {
            for (var i = 0; i < Length; i++)
                to[i] = row[_index[i]];
            return;
        }

        var from = row + _start;
        var picked = Avx512F.PermuteVar16x32x2(Vector512.Load(from), _where, Vector512.Load(from + 16));
        if (_window == 64)
        {
            // The permutation looks at the low five bits of a position only: the same ones serve the upper half.
            var upper = Avx512F.PermuteVar16x32x2(Vector512.Load(from + 32), _where, Vector512.Load(from + 48));
            picked = Vector512.ConditionalSelect(
                Vector512.GreaterThan(_where, Vector512.Create(31)).AsSingle(), upper, picked);
        }

        Vector512.Store(picked, to);
    }
}
