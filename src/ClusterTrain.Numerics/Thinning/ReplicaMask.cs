using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// The sub-network of one shard: the kept units of every site, and the layout of its parameters when cut out. One mask
/// for all rows of a shard makes the cut possible (Graham, Reizenstein and Robinson 2015).
/// </summary>
/// <remarks>Reusable: <see cref="DrawUnion"/> refills it without allocating. Not for two threads at once.</remarks>
public sealed class ReplicaMask
{
    private readonly KeptUnits[] _kept;

    // Rows of a weight that are no units; none of them is ever dropped.
    private readonly KeptUnits?[] _rows;
    private readonly int[] _offsets;

    public ReplicaMask(Network network)
    {
        Network = network;
        _kept = [.. network.Sites.Select(site => new KeptUnits(site))];
        _rows = [.. network.Stages.Select(stage => stage.RowsAreUnits ? null : new KeptUnits(new UnitSite(-1, stage.Weight.Rows, 0)))];
        _offsets = new int[network.Stages.Length];
    }

    public Network Network { get; }

    /// <summary>Whether it is the deterministic network of inference.</summary>
    public bool IsFull { get; private set; } = true;

    /// <summary>Parameters of the cut-out network.</summary>
    public int ParameterCount { get; private set; }

    public KeptUnits this[UnitSite site] => _kept[site.Index];

    public KeptUnits Inputs => _kept[0];

    /// <summary>Keeps everything: the network of inference, unscaled but for classic dropout.</summary>
    public ReplicaMask Fill()
    {
        foreach (var kept in _kept) kept.KeepAll(isTraining: false);
        return Settle();
    }

    /// <summary>Keeps everything as training has it, where rows drop units of their own: see <see cref="ExampleMasks"/>.</summary>
    public ReplicaMask FillForTraining()
    {
        foreach (var kept in _kept) kept.KeepAll(isTraining: true);
        return Settle();
    }

    /// <summary>Draws the mask of (seed, step, shard).</summary>
    public ReplicaMask Draw(long seed, long step, int shard) => DrawUnion(new MaskRule(seed), step, shard, 1);

    /// <summary>Draws the mask that <paramref name="rule"/> gives to (step, shard).</summary>
    public ReplicaMask Draw(MaskRule rule, long step, int shard) => DrawUnion(rule, step, shard, 1);

    /// <summary>Sub-network <paramref name="index"/>, 0 or more, of the pool that belongs to a seed; the same for pools of any size.</summary>
    public ReplicaMask DrawPooled(long seed, int index) =>
        DrawUnion(new MaskRule(seed, Pool: index + 1) { Only = index }, 0, 0, 1);

    /// <summary>
    /// Keeps what the masks of any of <paramref name="count"/> shards, 1 or more, from <paramref name="first"/> on keep: where
    /// their parameters and the sum of their gradients lie.
    /// </summary>
    public ReplicaMask DrawUnion(MaskRule rule, long step, int first, int count)
    {
        foreach (var kept in _kept) kept.Draw(rule, step, first, count);
        return Settle();
    }

    /// <summary>Keeps exactly these units, ascending, a list for each site; kept ones are scaled by 1 / (1 - rate).</summary>
    public ReplicaMask Set(IReadOnlyList<int[]> keptBySite)
    {
        for (var i = 0; i < _kept.Length; i++) _kept[i].Set(keptBySite[i]);
        return Settle();
    }

    /// <summary>Keeps what another mask keeps.</summary>
    public ReplicaMask Set(ReplicaMask other)
    {
        for (var i = 0; i < _kept.Length; i++) _kept[i].Set(other._kept[i].Indices);
        return Settle();
    }

    /// <summary>Keeps what another mask keeps, too.</summary>
    public ReplicaMask Unite(ReplicaMask other)
    {
        for (var i = 0; i < _kept.Length; i++) _kept[i].Unite(other._kept[i]);
        return Settle();
    }

    /// <summary>First float of the stage's weight [out kept, in kept * group] in the cut-out parameters; its bias follows.</summary>
    public int WeightOffset(Stage stage) => ReferenceEquals(Network.Stages[stage.Index], stage)
        ? _offsets[stage.Index] : throw new ArgumentException("The stage is of another network.", nameof(stage));

    /// <summary>Rows of the stage's weight that are left.</summary>
    public KeptUnits Rows(Stage stage) => _rows[stage.Index] ?? this[stage.Output];

    public int WeightLength(Stage stage) => Rows(stage).Count * WeightColumns(stage);

    /// <summary>Floats of the cut-out bias, which follows the weight.</summary>
    public int BiasLength(Stage stage) => stage.HasBias ? this[stage.Output].Count : 0;

    /// <summary>Columns of the stage's cut-out weight: the groups of the kept input units.</summary>
    public int WeightColumns(Stage stage) => this[stage.Input].Count * stage.ColumnGroup;

    /// <summary>Floats of the cut-out weight and bias.</summary>
    public int StageLength(Stage stage) => WeightLength(stage) + BiasLength(stage);

    private ReplicaMask Settle()
    {
        IsFull = true;
        foreach (var kept in _kept) IsFull &= kept.IsAll && kept.Scale == kept.Site.InferenceScale;
        ParameterCount = 0;
        foreach (var stage in Network.Stages)
        {
            _offsets[stage.Index] = ParameterCount;
            ParameterCount += StageLength(stage);
        }

        return this;
    }
}
