using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Networks;

/// <summary>First values of parameters.</summary>
public static class Initialization
{
    /// <summary>Each stage fills its own, with random numbers of its own.</summary>
    /// <param name="parameters">The network's flat vector.</param>
    public static void Fill(Network network, Span<float> parameters, long seed)
    {
        for (var i = 0; i < network.Stages.Length; i++)
        {
            network.Stages[i].Initialize(
                parameters,
                new RandomStream(seed, RandomPurpose.Initialization, 0, 0, 2 * i),
                new RandomStream(seed, RandomPurpose.Initialization, 0, 0, (2 * i) + 1));
        }
    }
}
