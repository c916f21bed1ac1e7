namespace ClusterTrain.Numerics.Thinning;

/// <summary>Names what happens to one shard's weights in training: DropConnect, where a layer has it, and noise.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Step">Step of the shard.</param>
/// <param name="Shard">Its number.</param>
/// <param name="Noise">Standard deviation of the noise on each weight, 0 or more.</param>
public readonly record struct WeightDraw(long Seed, long Step, int Shard, double Noise);
