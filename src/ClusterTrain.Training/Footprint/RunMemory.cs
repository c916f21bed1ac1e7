using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Footprint;

/// <summary>Bytes of one kind of memory.</summary>
/// <param name="What">What lies there.</param>
/// <param name="Worker">In a worker of one thread.</param>
/// <param name="Server">In the parameter server.</param>
public sealed record MemoryRow(string What, long Worker, long Server);

/// <summary>
/// The memory that a run comes to take, worked out before it starts: what <see cref="WorkExecutor"/>, its replicas, the server's
/// state and the gradients of a step allocate, within a tenth. Of thinned replicas the expectation over masks; managed products.
/// </summary>
/// <param name="Rows">By kind. Workers of the local engine share <see cref="Data"/> and <see cref="Versions"/> with the server.</param>
public sealed record RunMemory(IReadOnlyList<MemoryRow> Rows)
{
    /// <summary>Name of the row of the data set.</summary>
    public const string Data = "data set";

    /// <summary>Name of the row of whole parameter vectors: two versions, and at a worker room for a cut one.</summary>
    public const string Versions = "parameter versions";

    // Clean rows, points, gradients, velocities: of PGD, the largest of those that train.
    private const int TensorsOfSearch = 4;

    /// <summary>Bytes of a worker that is a process of its own.</summary>
    public long Worker => Rows.Sum(row => row.Worker);

    /// <summary>Bytes of a server that is a process of its own.</summary>
    public long Server => Rows.Sum(row => row.Server);

    public static RunMemory Of(RunPlan plan, DataExtent data)
    {
        var vector = AlignedBuffer.BytesOf(plan.Network.ParameterCount);
        var (replicas, moments) = (Replicas(plan), plan.Rule.Moments);
        var batch = AlignedBuffer.BytesOf((long)plan.AttackedRowsOfShard * plan.Network.Inputs);
        return new(
        [
            new(Data, data.Bytes, data.Bytes),
            new(Versions, 4 * vector, 2 * vector),
            new("optimizer state", 0, moments * vector),
            new("mean of the weights", 0, plan.HasAverage ? vector : 0),
            new("best state", 0, plan.Spec.EarlyStopping.Metric == StoppingMetric.None ? 0 : (2 + moments + (plan.HasAverage ? 1 : 0)) * vector),
            new("shard gradients", vector, plan.Shards * vector),
            new("reduction", 0, Reduction(plan)),
            new("adversarial batches", plan.IsPipelined ? batch : 0, plan.IsPipelined ? 2 * plan.Shards * batch : 0),
            new("activations of replicas", replicas.Activations, 0),
            new("gradients of activations", replicas.Gradients, 0),
            new("packed weights, scratch", replicas.Scratch + (ManagedProducts.ScratchFloats * sizeof(float)) + Drawn(plan), 0),
            new("rows, attacks", RowsAndAttacks(plan), 0),
        ]);
    }

    /// <summary>Why a worker cannot run on a machine, on one line; null when it can.</summary>
    /// <param name="available">Bytes of memory that the machine has.</param>
    public string? Problem(long available) => Worker <= available ? null
        : $"the run takes {Text(Worker)} in each worker, {Text(Rows.MaxBy(row => row.Worker)!.Worker)} of it for "
            + $"{Rows.MaxBy(row => row.Worker)!.What}; this machine has {Text(available)}: make the network or batch.size smaller";

    /// <summary>Bytes as people read them: <c>12.3 MiB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        >= 1L << 30 => FormattableString.Invariant($"{bytes / (double)(1L << 30):#,0.0} GiB"),
        >= 1L << 20 => FormattableString.Invariant($"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => FormattableString.Invariant($"{bytes / 1024.0:0.0} KiB"),
    };

    // As the executor has them: one of a shard's size that is cut out or masked, and the full one, which measures too.
    private static ReplicaMemory Replicas(RunPlan plan)
    {
        var (network, batch) = (plan.Network, plan.Copies * plan.ShardRows);
        var isMasked = network.HasDropout || plan.DrawsWeights;
        var attacksOwn = plan.AttackedRowsOfShard > 0 && !plan.AttacksFullNetwork;
        var measures = new[] { plan.ValidationAttack, plan.TestAttack }.Any(attack => attack?.Attack.GradientSteps > 0);
        var masked = new ReplicaUse(batch, isMasked, Trains: isMasked, isMasked && attacksOwn, IsThinned: !plan.HasExampleMasks);
        var full = new ReplicaUse(
            Math.Max(batch, EvaluationChunk.MaxRows), Runs: true, Trains: !isMasked,
            plan.AttacksFullNetwork || measures || (attacksOwn && !isMasked), IsThinned: false);
        return ReplicaMemory.Of(network, masked) + ReplicaMemory.Of(network, full);
    }

    // Row-wise masks, and copies of weights that are dropped or have noise.
    private static long Drawn(RunPlan plan)
    {
        var (network, batch) = (plan.Network, plan.Copies * plan.ShardRows);
        var masked = plan.HasExampleMasks ? network.Sites.Where(site => site is { Rate: > 0, IsScaledLater: false }) : [];
        var masks = masked.Sum(site => AlignedBuffer.BytesOf((long)batch * site.Units));
        var noisy = plan.Spec.Regularization.WeightNoise > 0;
        return masks + network.Stages.Where(stage => stage.RowsAreUnits && (noisy || stage.WeightRate > 0))
            .Sum(stage => (stage.WeightRate > 0 ? 2 : 1) * AlignedBuffer.BytesOf(stage.Weight.Length));
    }

    private static long RowsAndAttacks(RunPlan plan)
    {
        var attacked = plan.AttackedRowsOfShard;
        (AttackPlan? Plan, int Rows)[] attacks =
        [
            (attacked == 0 ? null : plan.TrainAttack, attacked), (plan.ValidationAttack, EvaluationChunk.MaxRows),
            (plan.TestAttack, EvaluationChunk.MaxRows),
        ];
        // Each kind of attack keeps its tensors, large enough for whoever uses it.
        var searched = attacks.Where(attack => attack.Plan is not null).GroupBy(attack => attack.Plan!.Attack.GetType())
            .Sum(kind => TensorsOfSearch * kind.Max(attack => attack.Rows));
        var rows = (plan.Copies * plan.ShardRows) + attacked + (plan.AttacksFullNetwork ? attacked : 0)
            + (2 * EvaluationChunk.MaxRows) + searched;
        return (long)rows * plan.Network.Inputs * sizeof(float);
    }

    // Where each shard's rows and columns lie, and the rows in which a commit adds them up.
    private static long Reduction(RunPlan plan)
    {
        static long Widest(Stage stage) => Math.Max(stage.Weight.Columns, stage.Bias.Columns);
        var places = plan.Network.Stages.Sum(stage =>
            ((long)sizeof(int) * stage.Output.Units) + (((long)stage.Weight.Columns + stage.Bias.Columns) / 8));
        return (plan.Shards * places) + (ReductionTree.RowBuffersFor(plan.Shards) * plan.Network.Stages.Max(Widest) * sizeof(float));
    }
}
