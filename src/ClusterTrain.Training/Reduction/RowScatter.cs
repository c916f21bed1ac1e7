using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Reduction;

/// <summary>Finds the rows of a cut-out gradient and puts their elements back in their places.</summary>
internal sealed class RowScatter(Network network)
{
    private const int Dropped = -1;
    private readonly int[][] _position = [.. network.Sites.Select(site => new int[site.Units])];
    private readonly int[] _weightOffset = new int[network.Stages.Count];
    private ReplicaMask _mask = null!;

    /// <summary>Takes the mask of the gradient to expand.</summary>
    public void Aim(ReplicaMask mask)
    {
        _mask = mask;
        foreach (var stage in network.Stages)
        {
            var positions = _position[stage.Output.Index];
            Array.Fill(positions, Dropped);
            var kept = mask[stage.Output].Indices;
            for (var i = 0; i < kept.Length; i++) positions[kept[i]] = i;
        }

        for (var i = 0; i < _weightOffset.Length; i++) _weightOffset[i] = mask.WeightOffset(network.Stages[i]);
    }

    /// <summary>
    /// Writes one row of the stage's weight (or, with row -1, its bias) at full width, +0 where a unit was dropped.
    /// False, and nothing written, when the row's own unit was dropped.
    /// </summary>
    public bool Expand(int stageIndex, int row, ReadOnlySpan<float> values, Span<float> target)
    {
        var stage = network.Stages[stageIndex];
        var (outputs, inputs, columns) = (_mask[stage.Output], _mask[stage.Input], _mask.WeightColumns(stage));
        var offset = _weightOffset[stageIndex];
        if (row < 0)
        {
            Place(outputs, values.Slice(offset + (outputs.Count * columns), outputs.Count), target);
            return true;
        }

        var position = _position[stage.Output.Index][row];
        if (position == Dropped) return false;
        Place(inputs, values.Slice(offset + (position * columns), columns), target);
        return true;
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
