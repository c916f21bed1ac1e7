namespace ClusterTrain.Runs.Disputes;

/// <summary>Who of two is right about a step.</summary>
public enum DisputeVerdict
{
    /// <summary>Both say the same of every step that both have.</summary>
    Agree,

    /// <summary>The first run is what the step gives here.</summary>
    First,

    /// <summary>The second run is.</summary>
    Second,

    /// <summary>Neither is: this machine, or both others, compute wrongly.</summary>
    Neither,
}

/// <summary>One shard of the step, as it is executed here.</summary>
/// <param name="Shard">Its number, from 0.</param>
/// <param name="Loss">Mean loss of its rows.</param>
/// <param name="Gradient">Fingerprint of its gradient: what a machine that computed it must have had.</param>
/// <param name="Holds">Whether its mask holds the first value that differs; null where none is known.</param>
public sealed record DisputedShard(int Shard, double Loss, string Gradient, bool? Holds);

/// <summary>The first value in which the wrong run's state differs from the right one.</summary>
/// <param name="Tensor">Name as in checkpoints; a moment of the optimizer begins with <c>optimizer.</c></param>
/// <param name="Index">Place in it, by its shape.</param>
/// <param name="Right">What the step gives here.</param>
/// <param name="Wrong">What the wrong run's checkpoint has.</param>
/// <param name="Values">Values of the whole state that differ, 1 or more.</param>
public sealed record DisputedValue(string Tensor, IReadOnlyList<int> Index, float Right, float Wrong, long Values);

/// <summary>Where two runs that should be one part, and who is right.</summary>
/// <param name="Verdict">Who is right.</param>
/// <param name="Step">First step on which their ledgers part; null where they do not.</param>
/// <param name="Comparisons">Lines of the ledgers that were compared with each other.</param>
public sealed record DisputeReport(DisputeVerdict Verdict, long? Step, int Comparisons)
{
    /// <summary>Step of the checkpoint, or 0, from which the steps up to this one were executed again.</summary>
    public long From { get; init; }

    /// <summary>What the step gives here, the first run and the second run: fingerprint of the state after it, and its loss.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>The shards of the step.</summary>
    public IReadOnlyList<DisputedShard> Shards { get; init; } = [];

    /// <summary>The first value that differs; null when the wrong run has no checkpoint right after the step.</summary>
    public DisputedValue? Value { get; init; }
}
