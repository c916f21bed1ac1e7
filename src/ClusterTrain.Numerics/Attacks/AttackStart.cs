using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Names the random starts of one attacked batch, so that each batch and each restart has its own.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Step">Step in training, or the evaluation's own count.</param>
/// <param name="Shard">Shard, or the chunk of an evaluation.</param>
/// <param name="Purpose">Training or evaluation, which must not share numbers.</param>
public readonly record struct AttackStart(
    long Seed, long Step, int Shard, RandomPurpose Purpose = RandomPurpose.AttackStart)
{
    public RandomStream Stream(int restart) => new(Seed, Purpose, Step, Shard, restart);
}
