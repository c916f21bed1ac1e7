using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Sixteen picked positions of a stored row, prepared once and gathered out of many rows: where they lie within 32
/// neighbours, or the first within 32 and the rest within 32 others, as the kept units of a thinned layer and the
/// positions under a convolution do, permutations of two vectors each take them all at once.
/// </summary>
internal readonly unsafe struct PickedRun
{
    /// <summary>Positions in a run.</summary>
    public const int Length = 16;

    private const int Window = 32;
    private const int RowsAhead = 8;

    private readonly int* _index;
    private readonly int _windows;
    private readonly int _start;
    private readonly int _upperStart;
    private readonly Vector512<int> _where;
    private readonly Vector512<float> _isUpper;

    /// <param name="index">[16], ascending.</param>
    /// <param name="width">Floats that may be read of each row from its start on.</param>
    /// <param name="permutes">Whether vectors of this size may be used.</param>
    public PickedRun(int* index, int width, bool permutes)
    {
        _index = index;
        _windows = 0;
        if (!permutes || !Avx512F.IsSupported || width < Window)
            return;

        // At the row's end a window moves back rather than beyond it.
        var positions = Vector512.Load(index);
        _start = Math.Min(index[0], width - Window);
        _where = positions - Vector512.Create(_start);
        if (index[Length - 1] - _start < Window)
        {
            _windows = 1;
            return;
        }

        var isUpper = Vector512.GreaterThan(_where, Vector512.Create(Window - 1));
        var first = Length - BitOperations.PopCount(isUpper.ExtractMostSignificantBits());
        _upperStart = Math.Min(index[first], width - Window);
        if (index[Length - 1] - _upperStart >= Window)
            return;
        _windows = 2;
        _isUpper = isUpper.AsSingle();
        _where = Vector512.ConditionalSelect(isUpper, positions - Vector512.Create(_upperStart), _where);
    }

    /// <summary>Gathers out of the source's rows for <paramref name="depth"/> k, one line of the panel each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(in PanelSource source, int firstDepth, int depth, float* to, nint step)
    {
        // Copies, so that the loops keep them in registers.
        var (data, stride) = ((nint)source.Data, source.Stride * sizeof(float));
        var index = source.DepthIndex;
        var (lower, upper, where, isUpper) = (_start * sizeof(float), _upperStart * sizeof(float), _where, _isUpper);
        for (var k = firstDepth; k < firstDepth + depth; k++)
        {
            var row = data + ((index is null ? k : index[k]) * stride);
            if (k + RowsAhead < firstDepth + depth)
                Prefetch((float*)(data + ((index is null ? k + RowsAhead : index[k + RowsAhead]) * stride)));
            if (_windows == 0)
            {
                Gather((float*)row, to);
            }
            else
            {
                var from = (float*)(row + lower);
                var picked = Avx512F.PermuteVar16x32x2(Vector512.Load(from), where, Vector512.Load(from + 16));
                if (_windows == 2)
                {
                    from = (float*)(row + upper);
                    var high = Avx512F.PermuteVar16x32x2(Vector512.Load(from), where, Vector512.Load(from + 16));
                    picked = Vector512.ConditionalSelect(isUpper, high, picked);
                }

                Vector512.Store(picked, to);
            }

            to += step;
        }
    }

    /// <summary>
    /// Asks for what a later gather out of this row reads: hardware does not foresee short runs of far apart rows. Windows
    /// are two cache lines long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(float* row)
    {
        if (!Sse.IsSupported)
            return;
        if (_windows == 0)
        {
            for (var i = 0; i < Length; i++)
                Sse.Prefetch0(row + _index[i]);
            return;
        }

        Sse.Prefetch0(row + _start);
        Sse.Prefetch0(row + _start + 16);
        if (_windows == 1)
            return;
        Sse.Prefetch0(row + _upperStart);
        Sse.Prefetch0(row + _upperStart + 16);
    }

    /// <summary>Writes the row's floats at the sixteen positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Gather(float* row, float* to)
    {
        if (_windows == 0)
        {
            for (var i = 0; i < Length; i++)
                to[i] = row[_index[i]];
            return;
        }

        var from = row + _start;
        var picked = Avx512F.PermuteVar16x32x2(Vector512.Load(from), _where, Vector512.Load(from + 16));
        if (_windows == 2)
        {
            from = row + _upperStart;
            var upper = Avx512F.PermuteVar16x32x2(Vector512.Load(from), _where, Vector512.Load(from + 16));
            picked = Vector512.ConditionalSelect(_isUpper, upper, picked);
        }

        Vector512.Store(picked, to);
    }
}
