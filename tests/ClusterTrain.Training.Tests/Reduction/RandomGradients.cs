using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Reduction;

/// <summary>Cut-out gradients of hard values (both zeros, many sizes), and what they add up to.</summary>
internal static class RandomGradients
{
    public static ShardGradient Make(Network network, int step, int shard, Random random)
    {
        var gradient = new ShardGradient(network);
        gradient.Mask.Draw(3, step, shard);
        foreach (ref var value in gradient.Values)
        {
            value = random.Next(5) switch { 0 => -0f, 1 => 0f, _ => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(20)) };
        }

        return gradient;
    }

    public static float[] Dense(Network network, ShardGradient gradient)
    {
        var (dense, from) = (new float[network.ParameterCount], 0);
        foreach (var stage in network.Stages)
        {
            foreach (var output in gradient.Mask[stage.Output].Indices)
                foreach (var input in gradient.Mask[stage.Input].Indices)
                    dense[stage.Weight.Offset + (output * stage.Weight.Columns) + input] = gradient.Values[from++];
            foreach (var output in gradient.Mask[stage.Output].Indices) dense[stage.Bias.Offset + output] = gradient.Values[from++];
        }

        return dense;
    }

    /// <summary>Neighbours in pairs, level by level; who has no neighbour moves up as it is.</summary>
    public static float[] NaiveSum(float[][] level)
    {
        while (level.Length > 1)
            level = [.. level.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : [.. pair[0].Zip(pair[1], (a, b) => a + b)])];
        return level[0];
    }
}
