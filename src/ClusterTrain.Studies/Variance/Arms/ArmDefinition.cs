namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>What the members of an arm are.</summary>
public enum ArmKind
{
    /// <summary>Networks, each trained on its own.</summary>
    Networks,

    /// <summary>Networks trained and used with one fixed mask each.</summary>
    ThinnedNetworks,

    /// <summary>Fixed masks over one trained network.</summary>
    Masks,
}

/// <summary>One arm.</summary>
/// <param name="Id">In folder names, files and charts: <c>a</c>, <c>g-pool</c>.</param>
/// <param name="Choice">What chooses it.</param>
/// <param name="Number">Keeps its seeds apart from other arms'.</param>
/// <param name="Title">A few words.</param>
/// <param name="Meaning">A sentence: what its members are.</param>
/// <param name="IsDropout">Whether it trains by the dropout recipe.</param>
public sealed record ArmDefinition(
    string Id, ArmChoice Choice, int Number, ArmKind Kind, bool IsDropout, string Title, string Meaning)
{
    /// <summary>The arm that all others are compared with.</summary>
    public const string Baseline = "a";

    /// <summary>In the order of reports.</summary>
    public static readonly IReadOnlyList<ArmDefinition> All =
    [
        new(Baseline, ArmChoice.A, 0, ArmKind.Networks, false, "plain networks", "Networks trained without dropout on the same rows; only the seed differs."),
        new("b", ArmChoice.B, 1, ArmKind.Networks, false, "bagging", "Networks trained without dropout, each on a bootstrap resample of the rows."),
        new("c", ArmChoice.C, 2, ArmKind.Networks, true, "dropout networks", "Networks trained with dropout and run as dropout says: whole, without masks."),
        new("d", ArmChoice.D, 3, ArmKind.Masks, true, "masks of one dropout network", "Sub-networks cut out of one network that was trained with dropout; they share its weights."),
        new("e", ArmChoice.E, 4, ArmKind.Masks, false, "masks of one plain network", "The same masks on a network that never saw dropout: the control of d."),
        new("f", ArmChoice.F, 5, ArmKind.ThinnedNetworks, true, "thinned, untied", "Networks trained from the start with one fixed mask each: the sub-networks of d without shared weights."),
        new("g-shard", ArmChoice.G, 6, ArmKind.Networks, true, "a mask a shard", "Dropout with a fresh mask for every shard of a step, run whole."),
        new("g-example", ArmChoice.G, 7, ArmKind.Networks, true, "a mask an example", "Dropout with a fresh mask for every row, run whole."),
        new("g-pool", ArmChoice.G, 8, ArmKind.Networks, true, "masks from a pool", "Dropout with masks from a fixed pool of sub-networks, run whole."),
    ];

    public static IReadOnlyList<ArmDefinition> Of(IReadOnlyList<ArmChoice> choices) =>
        [.. All.Where(arm => choices.Contains(arm.Choice))];
}
