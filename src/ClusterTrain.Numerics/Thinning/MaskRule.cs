using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// Where the masks of shards come from: a fresh one for every (step, shard), or one of a fixed pool of sub-networks, drawn
/// for every (step, shard).
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Pool">Sub-networks in the pool; 0 for fresh masks. A smaller pool is the start of a larger one.</param>
public readonly record struct MaskRule(long Seed, int Pool = 0)
{
    /// <summary>Which sub-network of the pool a shard trains, 0 to <see cref="Pool"/> - 1.</summary>
    public int Choice(long step, int shard) => Only is { } index
        ? index : new RandomStream(Seed, RandomPurpose.PoolChoice, step, shard).Integer(0, Pool);

    /// <summary>The one sub-network that every shard gets, when there is no choice.</summary>
    public int? Only { get; init; }

    /// <summary>Numbers that decide which units of a site a shard keeps.</summary>
    internal RandomStream Stream(long step, int shard, int site) => Pool == 0
        ? new RandomStream(Seed, RandomPurpose.Dropout, step, shard, site)
        : new RandomStream(Seed, RandomPurpose.PoolMask, 0, Choice(step, shard), site);
}
