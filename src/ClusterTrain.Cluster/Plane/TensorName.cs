namespace ClusterTrain.Cluster.Plane;

public enum TensorKind
{
    /// <summary>Parameters of a version, whole or the slice that some shards of a step keep.</summary>
    Parameters,

    /// <summary>Sum of the gradients of an aligned block of shards, cut to the units that any of them keeps.</summary>
    Gradient,

    /// <summary>Adversarial rows of one shard.</summary>
    Batch,

    /// <summary>The same as a gradient, for another worker to add its own to.</summary>
    Addend,
}

/// <summary>Names one tensor of one life of a run's server. The same name always means the same bits.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Incarnation">Which life of its server.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Version">Version of the parameters; for a gradient, addend or batch the step it belongs to.</param>
/// <param name="Step">For a slice of parameters: the step whose masks cut it; else -1.</param>
/// <param name="First">First shard; -1 for whole parameters.</param>
/// <param name="Count">Shards from the first on; 0 for whole parameters.</param>
public sealed record TensorName(string Run, int Incarnation, TensorKind Kind, long Version, long Step, int First, int Count)
{
    public static TensorName Whole(string run, int incarnation, long version) =>
        new(run, incarnation, TensorKind.Parameters, version, -1, -1, 0);

    public static TensorName Slice(string run, int incarnation, long version, long step, int first, int count) =>
        new(run, incarnation, TensorKind.Parameters, version, step, first, count);

    public static TensorName Gradient(string run, int incarnation, long step, int first, int count) =>
        new(run, incarnation, TensorKind.Gradient, step, step, first, count);

    public static TensorName Addend(string run, int incarnation, long step, int first, int count) =>
        new(run, incarnation, TensorKind.Addend, step, step, first, count);

    public static TensorName Batch(string run, int incarnation, long step, int shard) =>
        new(run, incarnation, TensorKind.Batch, step, step, shard, 1);
}
