using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Reduction;

/// <summary>
/// Adds neighbouring shard gradients as the reduction tree does, so that who computed several of a step sends fewer. A
/// block is a node of the tree: first is a multiple of a power of two, and count is that power, or what is left of the
/// step's shards. It holds the units that any of its shards kept; the others count as +0 in it.
/// </summary>
/// <remarks>Not for two threads at once.</remarks>
public sealed class BlockSum(Network network, int shards, WorkBuffers buffers)
{
    private readonly Dictionary<int, ReductionTree> _trees = [];
    private readonly float[][] _rows = Rows(network, shards);

    /// <summary>Whether these shards are a node of the tree over <paramref name="shards"/>.</summary>
    public static bool IsBlock(int first, int count, int shards)
    {
        if (first < 0 || count < 1 || first > shards - count) return false;
        var size = 1;
        while (size < count) size *= 2;
        return first % size == 0 && (count == size || first + count == shards);
    }

    /// <summary>Shards of the largest node that begins at <paramref name="first"/> and ends at <paramref name="end"/> or before.</summary>
    public static int LargestBlock(int first, int end, int shards)
    {
        var largest = 1;
        for (var size = 2; first % size == 0 && size < 2 * shards; size *= 2)
        {
            var count = Math.Min(size, shards - first);
            if (first + count > end) break;
            largest = count;
        }

        return largest;
    }

    /// <summary>
    /// The fewest blocks of consecutive shards. What was added goes back to the buffers; a shard that is a block by itself
    /// is passed on.
    /// </summary>
    /// <param name="first">First shard.</param>
    /// <param name="leaves">Gradients of it and the following ones, of a single shard each.</param>
    public IReadOnlyList<(int First, ShardGradient Block)> Fold(int first, IReadOnlyList<ShardGradient> leaves)
    {
        List<(int, ShardGradient)> blocks = [];
        for (var at = 0; at < leaves.Count;)
        {
            var count = LargestBlock(first + at, first + leaves.Count, shards);
            blocks.Add((first + at, count == 1 ? leaves[at] : Sum([.. leaves.Skip(at).Take(count)])));
            at += count;
        }

        return blocks;
    }

    /// <summary>The node above two neighbours, which go back to the buffers.</summary>
    /// <param name="left">A node of the tree.</param>
    /// <param name="right">The one that begins where it ends.</param>
    public ShardGradient Add(ShardGradient left, ShardGradient right) => Sum([left, right]);

    private ShardGradient Sum(IReadOnlyList<ShardGradient> parts)
    {
        var count = parts.Sum(part => part.Shards);
        if (!_trees.TryGetValue(count, out var tree)) _trees.Add(count, tree = new ReductionTree(network, count));
        var sum = buffers.RentGradient();
        sum.Mask.Set(parts[0].Mask);
        var at = 0;
        foreach (var part in parts)
        {
            tree.Offer(at, part);
            if (at > 0) sum.Mask.Unite(part.Mask);
            at += part.Shards;
        }

        tree.Seal();
        (sum.Shards, sum.Loss, sum.Correct) = (count, tree.SumLosses(), tree.CountCorrect());
        Write(tree, sum);
        tree.Clear(buffers.Return);
        return sum;
    }

    private void Write(ReductionTree tree, ShardGradient sum)
    {
        for (var index = 0; index < network.Stages.Length; index++)
        {
            var stage = network.Stages[index];
            var (outputs, inputs) = (sum.Mask[stage.Output], sum.Mask[stage.Input]);
            var (at, columns) = (sum.Mask.WeightOffset(stage), sum.Mask.WeightColumns(stage));
            foreach (var row in sum.Mask.Rows(stage).Indices)
            {
                tree.SumRow(index, row, _rows, stage.Weight.Columns);
                inputs.Gather(_rows[0].AsSpan(0, stage.Weight.Columns), sum.Values.Slice(at, columns));
                at += columns;
            }

            if (!stage.HasBias) continue;
            tree.SumRow(index, Stage.BiasRow, _rows, stage.Bias.Columns);
            outputs.Gather(_rows[0].AsSpan(0, stage.Bias.Columns), sum.Values.Slice(at, outputs.Count));
        }
    }

    private static float[][] Rows(Network network, int shards)
    {
        var longest = network.Stages.Max(stage => Math.Max(stage.Weight.Columns, stage.Bias.Columns));
        var whole = (longest + MaskedTreeSum.Block - 1) / MaskedTreeSum.Block * MaskedTreeSum.Block;
        return [.. Enumerable.Range(0, ReductionTree.RowBuffersFor(shards)).Select(_ => new float[whole])];
    }
}
