using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

public enum MaskChoice
{
    Shard,
    Example,

    /// <summary>Each shard trains one of a fixed set of sub-networks.</summary>
    Pool,
}

/// <summary>What penalties and decay act on.</summary>
public enum PenaltyScope
{
    /// <summary>Weights of dense layers and convolutions.</summary>
    Weights,

    /// <summary>Biases and the scales and shifts of normalization, too.</summary>
    All,
}

public sealed record RegularizationSpec
{
    [Option("Dropout masks: shard: a fresh one for every shard, so that its replica is cut out and costs less; example: one for every row; pool: each shard is given one of maskPool fixed sub-networks, cut out too")]
    public MaskChoice DropoutMasks { get; init; } = MaskChoice.Shard;

    [Option("Sub-networks of the pool, drawn once from the run's seed", Min = 1, Max = 65_536, Unit = "masks", IgnoredWhen = "dropoutMasks is not pool")]
    public int MaskPool { get; init; } = 16;

    [Option("Lambda of the penalty lambda * sum(w^2), added to the gradient as 2 * lambda * w, for what `penalized` names", Min = 0, Max = 1, UsualMax = 0.01)]
    public double L2 { get; init; }

    [Option("Decoupled decay: each step w shrinks by learningRate * weightDecay * w before the update, for what `penalized` names", Min = 0, Max = 10)]
    public double WeightDecay { get; init; }

    [Option("Lambda of the penalty lambda * sum(|w|), as a soft threshold after the update, for what `penalized` names", Min = 0, Max = 1)]
    public double L1 { get; init; }

    [Option(
        "What l2, weightDecay and l1 act on: weights: those of dense layers and convolutions; all: biases and the scales and shifts of normalization, too, as PyTorch's weight_decay does",
        IgnoredWhen = "l2, weightDecay and l1 are 0", IsLeftOutAtDefault = true)]
    public PenaltyScope Penalized { get; init; }

    [Option("Largest norm of a unit's incoming weights, projected after the update; 0 means no limit", Min = 0, Max = 1e6)]
    public double MaxNorm { get; init; }

    [Option("Standard deviation of Gaussian noise on each weight in training, drawn for every shard; biases are exempt", Min = 0, Max = 10, UsualMax = 0.1)]
    public double WeightNoise { get; init; }

    [Option("Share of the target spread evenly over all classes", Min = 0, Max = 0.2)]
    public double LabelSmoothing { get; init; }

    [Option("Standard deviation of Gaussian noise added to training inputs, after augmentation; clipped to 0 to 1 only where there is an attack, which starts from the noisy row", Min = 0, Max = 10, UsualMax = 0.5)]
    public double InputNoise { get; init; }
}
