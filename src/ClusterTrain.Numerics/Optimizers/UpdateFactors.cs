namespace ClusterTrain.Numerics.Optimizers;

/// <summary>The scalars of one step's update, worked out once in double precision and rounded.</summary>
/// <param name="GradientScale">What the summed shard gradients are multiplied by: 1 / shards.</param>
/// <param name="LearningRate">After schedule and warm-up.</param>
/// <param name="L2">lambda of lambda * sum(w^2).</param>
/// <param name="WeightDecay">Decoupled decay (Loshchilov and Hutter 2019): w shrinks by learning rate * this * w.</param>
/// <param name="L1">lambda of lambda * sum(|w|), applied as a soft threshold of learning rate * lambda.</param>
/// <param name="MaxNorm">Largest norm of a unit's incoming weights; 0 for no limit.</param>
public readonly record struct UpdateFactors(
    float GradientScale, double LearningRate, double L2 = 0, double WeightDecay = 0, double L1 = 0, double MaxNorm = 0)
{
    /// <summary>Steps done when this one is, 1 for the first: the t of Adam's bias correction.</summary>
    public long Step { get; init; } = 1;
}
