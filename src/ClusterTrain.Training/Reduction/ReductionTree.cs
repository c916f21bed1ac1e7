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
/// Gradients are kept as they came, cut out, and added row by row at the commit, so that a pending step holds at most one
/// a shard and nothing dense. Node (level, i) covers shards i * 2^level up to the next node's first; any node may come
/// added up already, as a block.
/// </remarks>
public sealed class ReductionTree(Network network, int shards)
{
    // Pointers to this many rows are held on the stack.
    private const int MostOnStack = 256;

    // At a block's first shard; null at its others.
    private readonly ShardGradient?[] _blocks = new ShardGradient?[shards];
    private readonly int[] _firsts = new int[shards];
    private readonly RowScatter?[] _scatter = new RowScatter?[shards];
    private readonly int _height = Height(shards);
    private int _blockCount;
    private bool _isUniform;

    /// <summary>What became of a gradient that was offered.</summary>
    public enum Verdict
    {
        /// <summary>It is in the tree; what it replaced was handed back.</summary>
        Taken,

        /// <summary>The tree has exactly this block, to the same bits or not: see <see cref="this[int]"/>.</summary>
        Known,

        /// <summary>The tree has all of it, otherwise divided into blocks.</summary>
        Covered,
    }

    public int Shards => shards;

    /// <summary>Shards that have arrived.</summary>
    public int Count { get; private set; }

    public bool IsComplete => Count == shards;

    /// <summary>The gradient that has arrived for the block that begins with a shard, or null.</summary>
    public ShardGradient? this[int shard] => _blocks[shard];

    /// <summary>Row buffers that one <see cref="SumRow"/> needs, the result's included.</summary>
    public int RowBuffers => RowBuffersFor(shards);

    /// <summary>Row buffers that a tree over so many shards needs.</summary>
    public static int RowBuffersFor(int shards) => Math.Max(Height(shards) + 1, MaskedTreeSum.Buffers(shards));

    /// <summary>Takes the gradient of a shard or block; smaller blocks inside it are handed to <paramref name="replaced"/>.</summary>
    /// <param name="first">Its first shard.</param>
    /// <param name="gradient">Sum over <see cref="ShardGradient.Shards"/> shards, which are a node of the tree.</param>
    /// <param name="replaced">Called for each that it takes the place of.</param>
    public Verdict Offer(int first, ShardGradient gradient, Action<ShardGradient>? replaced = null)
    {
        var known = _blocks[first];
        if (known is not null && known.Shards == gradient.Shards) return Verdict.Known;
        var covered = IsInside(first) ? gradient.Shards : 0;
        for (var shard = first; shard < first + gradient.Shards && covered < gradient.Shards; shard++)
            covered += _blocks[shard]?.Shards ?? 0;
        if (covered >= gradient.Shards) return Verdict.Covered;
        for (var shard = first; shard < first + gradient.Shards; shard++)
        {
            if (_blocks[shard] is not { } inner) continue;
            _blocks[shard] = null;
            replaced?.Invoke(inner);
        }

        _blocks[first] = gradient;
        Count += gradient.Shards - covered;
        return Verdict.Taken;
    }

    // Of a block that begins before it: such a block is a node above it.
    private bool IsInside(int first)
    {
        for (var size = 1; size < shards; size *= 2)
        {
            var start = first & -size;
            if (start < first && _blocks[start] is { } block && start + block.Shards > first) return true;
        }

        return first > 0 && _blocks[0] is { } left && left.Shards > first;
    }

    /// <summary>Puts another gradient in the place of one of as many shards.</summary>
    /// <returns>The one that was there.</returns>
    public ShardGradient Replace(int first, ShardGradient gradient)
    {
        var before = _blocks[first]!;
        _blocks[first] = gradient;
        return before;
    }

    /// <summary>Hands every gradient to <paramref name="release"/> and starts over.</summary>
    public void Clear(Action<ShardGradient> release)
    {
        for (var shard = 0; shard < shards; shard++)
        {
            if (_blocks[shard] is { } gradient) release(gradient);
            _blocks[shard] = null;
        }

        Count = 0;
    }

    /// <summary>Must be called once when complete, before rows are summed.</summary>
    public void Seal()
    {
        _blockCount = 0;
        for (var shard = 0; shard < shards; shard++)
        {
            if (_blocks[shard] is not { } block) continue;
            (_scatter[shard] ??= new RowScatter(network)).Aim(block.Mask);
            _firsts[_blockCount++] = shard;
        }

        // Nodes of one level and nothing else: the tree above them is that over as many shards.
        var size = _blockCount > 1 ? _firsts[1] : shards;
        _isUniform = true;
        for (var i = 0; i < _blockCount; i++) _isUniform &= _firsts[i] == i * size;
    }

    /// <summary>
    /// The sum over all shards of one row of a stage's weight [columns], or of its bias. Any thread may sum other rows
    /// at the same time.
    /// </summary>
    /// <param name="stage">Position of the stage in the network.</param>
    /// <param name="row">Row of the weight, or <see cref="Stage.BiasRow"/>.</param>
    /// <param name="buffers">
    /// <see cref="RowBuffers"/> rows of the widest row's length, rounded up to <see cref="MaskedTreeSum.Block"/>; the sum is
    /// left in the first.
    /// </param>
    /// <param name="columns">Length of the row.</param>
    /// <param name="portable">Takes the plain path even where the processor has the fast one: for the tests.</param>
    public void SumRow(int stage, int row, float[][] buffers, int columns, bool portable = false)
    {
        var isFast = !portable && MaskedTreeSum.IsSupported && shards <= MostOnStack;
        if (isFast && _isUniform) SumInRegisters(stage, row, buffers, columns);
        else if (!Sum(_height, 0, stage, row, buffers, 0, columns, isFast)) buffers[0].AsSpan(0, columns).Clear();
    }

    /// <summary>Sum of per-shard numbers in the tree's order.</summary>
    public double SumLosses() => SumLosses(_height, 0);

    /// <summary>Rows that the shards classified right on the way.</summary>
    public int CountCorrect()
    {
        var correct = 0;
        foreach (var block in _blocks) correct += block?.Correct ?? 0;
        return correct;
    }

    private unsafe void SumInRegisters(int stage, int row, float[][] buffers, int columns)
    {
        var rows = stackalloc float*[_blockCount];
        var masks = stackalloc ushort*[_blockCount];
        for (var i = 0; i < _blockCount; i++)
        {
            var (block, scatter) = (_blocks[_firsts[i]]!, _scatter[_firsts[i]]!);
            var start = scatter.Start(stage, row);
            rows[i] = start < 0 ? null : block.Address + start;
            masks[i] = scatter.ColumnsAddress(stage, row == Stage.BiasRow);
        }

        MaskedTreeSum.Run(rows, masks, _blockCount, buffers, Words(columns));
    }

    // Leaves the node's sum in buffers[depth]. False: every shard below dropped the unit, and the sum is all +0.
    private bool Sum(int level, int node, int stage, int row, float[][] buffers, int depth, int columns, bool isFast)
    {
        var first = node << level;
        if (_blocks[first] is { } block && (level == 0 || block.Shards >= Math.Min(1 << level, shards - first)))
            return Expand(block, _scatter[first]!, stage, row, buffers[depth], columns, isFast);
        var hasLeft = Sum(level - 1, 2 * node, stage, row, buffers, depth, columns, isFast);
        var right = (2 * node) + 1;
        if (right << (level - 1) >= shards) return hasLeft;
        var hasRight = Sum(level - 1, right, stage, row, buffers, depth + 1, columns, isFast);
        if (!hasLeft && !hasRight) return false;
        var target = buffers[depth].AsSpan(0, columns);
        if (!hasLeft) target.Clear();
        if (hasRight) VectorOps.Add(buffers[depth + 1].AsSpan(0, columns), target);
        else RowAddition.AddZero(target);
        return true;
    }

    private static unsafe bool Expand(
        ShardGradient block, RowScatter scatter, int stage, int row, float[] target, int columns, bool isFast)
    {
        if (!isFast) return scatter.Expand(stage, row, block.Values, target.AsSpan(0, columns));
        var start = scatter.Start(stage, row);
        if (start < 0) return false;
        MaskedTreeSum.Expand(block.Address + start, scatter.ColumnsAddress(stage, row == Stage.BiasRow), target, Words(columns));
        return true;
    }

    private double SumLosses(int level, int node)
    {
        var first = node << level;
        if (_blocks[first] is { } block && (level == 0 || block.Shards >= Math.Min(1 << level, shards - first))) return block.Loss;
        var left = SumLosses(level - 1, 2 * node);
        var right = (2 * node) + 1;
        return right << (level - 1) >= shards ? left : left + SumLosses(level - 1, right);
    }

    private static int Words(int columns) => (columns + MaskedTreeSum.Block - 1) / MaskedTreeSum.Block;

    private static int Height(int shards)
    {
        var height = 0;
        while (1 << height < shards) height++;
        return height;
    }
}
