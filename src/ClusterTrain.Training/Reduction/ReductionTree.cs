using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Reduction;

/// <summary>
/// The fixed order in which a step's shard gradients are added: neighbours in pairs, then pairs of pairs; a node without
/// a right neighbour passes up unchanged. Arrival decides nothing. Units a shard dropped count as +0 there.
/// </summary>
/// <remarks>
/// Shards are kept as they came, cut out, and added row by row at the commit, so that a pending step holds at most one
/// gradient a shard and nothing dense. Node (level, i) covers shards i * 2^level up to the next node's first.
/// </remarks>
public sealed class ReductionTree(Network network, int shards)
{
    // Pointers to this many rows are held on the stack.
    private const int MostOnStack = 256;

    private readonly ShardGradient?[] _leaves = new ShardGradient?[shards];
    private readonly RowScatter[] _scatter = [.. Enumerable.Range(0, shards).Select(_ => new RowScatter(network))];
    private readonly int _height = Height(shards);

    public int Shards => shards;

    /// <summary>Shards that have arrived.</summary>
    public int Count { get; private set; }

    public bool IsComplete => Count == shards;

    /// <summary>The gradient that has arrived for a shard, or null.</summary>
    public ShardGradient? this[int shard] => _leaves[shard];

    /// <summary>Row buffers that one <see cref="SumRow"/> needs, the result's included.</summary>
    public int RowBuffers => Math.Max(_height + 1, MaskedTreeSum.Buffers(shards));

    /// <summary>Takes a shard's gradient; false when that shard has one already.</summary>
    public bool Offer(int shard, ShardGradient gradient)
    {
        if (_leaves[shard] is not null) return false;
        _leaves[shard] = gradient;
        Count++;
        return true;
    }

    /// <summary>Hands every gradient to <paramref name="release"/> and starts over.</summary>
    public void Clear(Action<ShardGradient> release)
    {
        for (var shard = 0; shard < shards; shard++)
        {
            if (_leaves[shard] is { } gradient) release(gradient);
            _leaves[shard] = null;
        }

        Count = 0;
    }

    /// <summary>Must be called once when complete, before rows are summed.</summary>
    public void Seal()
    {
        for (var shard = 0; shard < shards; shard++) _scatter[shard].Aim(_leaves[shard]!.Mask);
    }

    /// <summary>
    /// The sum over all shards of one row of a stage's weight [columns], or of its bias. Any thread may sum other rows
    /// at the same time.
    /// </summary>
    /// <param name="stage">Position of the stage in the network.</param>
    /// <param name="row">Output unit, or -1 for the bias.</param>
    /// <param name="buffers">
    /// <see cref="RowBuffers"/> rows of the widest row's length, rounded up to <see cref="MaskedTreeSum.Block"/>; the sum is
    /// left in the first.
    /// </param>
    /// <param name="columns">Length of the row.</param>
    /// <param name="portable">Takes the plain path even where the processor has the fast one: for the tests.</param>
    public void SumRow(int stage, int row, float[][] buffers, int columns, bool portable = false)
    {
        if (!portable && MaskedTreeSum.IsSupported && shards <= MostOnStack) SumInRegisters(stage, row, buffers, columns);
        else if (!Sum(_height, 0, stage, row, buffers, 0, columns)) buffers[0].AsSpan(0, columns).Clear();
    }

    /// <summary>Sum of per-shard numbers in the tree's order.</summary>
    public double SumLosses() => SumLosses(_height, 0);

    /// <summary>Rows that the shards classified right on the way.</summary>
    public int CountCorrect()
    {
        var correct = 0;
        foreach (var leaf in _leaves) correct += leaf!.Correct;
        return correct;
    }

    private unsafe void SumInRegisters(int stage, int row, float[][] buffers, int columns)
    {
        var rows = stackalloc float*[shards];
        var masks = stackalloc ushort*[shards];
        for (var shard = 0; shard < shards; shard++)
        {
            var start = _scatter[shard].Start(stage, row);
            rows[shard] = start < 0 ? null : _leaves[shard]!.Address + start;
            masks[shard] = _scatter[shard].ColumnsAddress(stage, row < 0);
        }

        MaskedTreeSum.Run(rows, masks, shards, buffers, (columns + MaskedTreeSum.Block - 1) / MaskedTreeSum.Block);
    }

    // Leaves the node's sum in buffers[depth]. False: every shard below dropped the unit, and the sum is all +0.
    private bool Sum(int level, int node, int stage, int row, float[][] buffers, int depth, int columns)
    {
        if (level == 0)
            return _scatter[node].Expand(stage, row, _leaves[node]!.Values, buffers[depth].AsSpan(0, columns));
        var hasLeft = Sum(level - 1, 2 * node, stage, row, buffers, depth, columns);
        var right = (2 * node) + 1;
        if (right << (level - 1) >= shards) return hasLeft;
        var hasRight = Sum(level - 1, right, stage, row, buffers, depth + 1, columns);
        if (!hasLeft && !hasRight) return false;
        var target = buffers[depth].AsSpan(0, columns);
        if (!hasLeft) target.Clear();
        if (hasRight) VectorOps.Add(buffers[depth + 1].AsSpan(0, columns), target);
        else RowAddition.AddZero(target);
        return true;
    }

    private double SumLosses(int level, int node)
    {
        if (level == 0) return _leaves[node]!.Loss;
        var left = SumLosses(level - 1, 2 * node);
        var right = (2 * node) + 1;
        return right << (level - 1) >= shards ? left : left + SumLosses(level - 1, right);
    }

    private static int Height(int shards)
    {
        var height = 0;
        while (1 << height < shards) height++;
        return height;
    }
}
