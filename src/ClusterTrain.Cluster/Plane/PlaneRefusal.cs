namespace ClusterTrain.Cluster.Plane;

/// <summary>Why the plane does not do what it was asked to; nothing has changed.</summary>
/// <param name="Outcome">For programs.</param>
/// <param name="Reason">For people: a line that names what is wrong and what is allowed.</param>
internal sealed record PlaneRefusal(PlaneOutcome Outcome, string Reason)
{
    public static readonly PlaneRefusal NoLength = new(
        PlaneOutcome.NoLength,
        "there is no Content-Length; a tensor is brought with its length in bytes, and chunked transfer is not allowed");

    public static PlaneRefusal Malformed(string why) => new(PlaneOutcome.Malformed, why);

    public static readonly PlaneRefusal Damaged = new(
        PlaneOutcome.Damaged, "the values do not have the hash that the header says: damaged on the way; allowed is to send them again");

    public static PlaneRefusal TooLong(long length, long most) => new(
        PlaneOutcome.TooLong, $"Content-Length is {length}; allowed are {most} bytes");

    public static PlaneRefusal OtherLength(TensorName name, long length, long right) => new(
        PlaneOutcome.OtherLength,
        $"Content-Length is {length}; {Tensor(name)} of run {name.Run} has {right} bytes, and no other length is allowed");

    public static PlaneRefusal Foreign(string why) => new(PlaneOutcome.ForeignPage, why);

    /// <summary>What a store does not have or take.</summary>
    public static PlaneRefusal Of(PlaneOutcome outcome, TensorName name) => new(outcome, outcome switch
    {
        PlaneOutcome.UnknownRun => $"run {name.Run} is not served here; allowed is the run that is",
        PlaneOutcome.OtherIncarnation =>
            $"incarnation {name.Incarnation} of run {name.Run} is not the one that is served; allowed is the one that the server last announced",
        PlaneOutcome.NotLeased => $"{Tensor(name)} of run {name.Run} is not this worker's work now; allowed is what it was given and has not given back",
        PlaneOutcome.Busy => $"{Tensor(name)} of run {name.Run}: this worker brings as many tensors as it may at once; allowed is to come again when one is there",
        PlaneOutcome.Over => $"{Tensor(name)} of run {name.Run} is over; allowed are tensors of work that is open",
        _ => $"run {name.Run} has no {Tensor(name)} now; allowed are tensors of work that is open, with shards and aligned blocks that the run has",
    });

    private static string Tensor(TensorName name) => name switch
    {
        { Kind: TensorKind.Parameters, Count: 0 } => $"parameters of version {name.Version}",
        { Kind: TensorKind.Parameters } => $"parameters of version {name.Version} for step {name.Step}, {name.Count} shards from {name.First}",
        { Kind: TensorKind.Gradient } => $"gradient of step {name.Step}, {name.Count} shards from {name.First}",
        { Kind: TensorKind.Addend } => $"addend of step {name.Step}, {name.Count} shards from {name.First}",
        _ => $"batch of step {name.Step}, shard {name.First}",
    };
}
