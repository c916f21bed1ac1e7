using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Reduction;

/// <summary>Finds the rows of a cut-out gradient and puts their elements back in their places.</summary>
internal sealed class RowScatter(Network network)
{
    private const int Dropped = -1;
    private readonly int[][] _position =
        [.. network.Stages.Select(stage => new int[stage.Weight.Rows])];
    private readonly int[] _weightOffset = new int[network.Stages.Length];
    private readonly ushort[][] _weightColumns = [.. network.Stages.Select(stage => Words(stage.Weight.Columns))];
    private readonly ushort[][] _biasColumns = [.. network.Stages.Select(stage => Words(stage.Bias.Columns))];
    private ReplicaMask _mask = null!;

    /// <summary>Takes the mask of the gradient to expand.</summary>
    public void Aim(ReplicaMask mask)
    {
        _mask = mask;
        for (var i = 0; i < _weightOffset.Length; i++)
        {
            var stage = network.Stages[i];
            Array.Fill(_position[i], Dropped);
            var rows = mask.Rows(stage).Indices;
            for (var row = 0; row < rows.Length; row++) _position[i][rows[row]] = row;
            _weightOffset[i] = mask.WeightOffset(stage);
            MarkColumns(_weightColumns[i], mask[stage.Input], stage.ColumnGroup);
            MarkColumns(_biasColumns[i], mask[stage.Output], 1);
        }
    }

    /// <summary>Kept columns of the stage's weight, or of its bias, as bits: word b holds columns 16 b to 16 b + 15.</summary>
    public unsafe ushort* ColumnsAddress(int stageIndex, bool isBias) => (ushort*)Unsafe.AsPointer(
        ref MemoryMarshal.GetArrayDataReference(isBias ? _biasColumns[stageIndex] : _weightColumns[stageIndex]));

    /// <summary>First value of a row in the cut-out gradient, or -1 when the row's own unit was dropped.</summary>
    public int Start(int stageIndex, int row)
    {
        var stage = network.Stages[stageIndex];
        var length = _mask.WeightColumns(stage);
        if (row == Stage.BiasRow) return _weightOffset[stageIndex] + (_mask.Rows(stage).Count * length);
        var position = _position[stageIndex][row];
        return position == Dropped ? -1 : _weightOffset[stageIndex] + (position * length);
    }

    /// <summary>
    /// Writes one row of the stage's weight, or its <see cref="Stage.BiasRow"/>, at full width, +0 where a unit was dropped.
    /// False, and nothing written, when the row's own unit was dropped.
    /// </summary>
    public bool Expand(int stageIndex, int row, ReadOnlySpan<float> values, Span<float> target)
    {
        var stage = network.Stages[stageIndex];
        var (outputs, inputs, columns) = (_mask[stage.Output], _mask[stage.Input], _mask.WeightColumns(stage));
        var offset = _weightOffset[stageIndex];
        if (row == Stage.BiasRow)
        {
            Place(outputs, values.Slice(offset + (_mask.Rows(stage).Count * columns), outputs.Count), target);
            return true;
        }

        var position = _position[stageIndex][row];
        if (position == Dropped) return false;
        Place(inputs, values.Slice(offset + (position * columns), columns), target);
        return true;
    }

    // Pinned, since kernels read them through pointers.
    private static ushort[] Words(int columns) => GC.AllocateArray<ushort>((columns + 15) / 16, pinned: true);

    private static void MarkColumns(ushort[] words, KeptUnits kept, int group)
    {
        Array.Clear(words);
        foreach (var unit in kept.Indices)
            for (var column = unit * group; column < (unit + 1) * group; column++)
                words[column >> 4] |= (ushort)(1 << (column & 15));
    }

    private static void Place(KeptUnits kept, ReadOnlySpan<float> values, Span<float> target)
    {
        if (kept.IsAll)
        {
            values.CopyTo(target);
            return;
        }

        target.Clear();
        kept.Scatter(values, target);
    }
}
