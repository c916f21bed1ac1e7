namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A place between layers where units may be dropped: site 0 holds the network's inputs, site i the outputs of dense
/// layer i (counted from 1).
/// </summary>
/// <param name="Index">0 for the inputs.</param>
/// <param name="Units">Units when none is dropped.</param>
/// <param name="Rate">Drop probability in training; 0 without a dropout layer here.</param>
public sealed record UnitSite(int Index, int Units, double Rate)
{
    /// <summary>What kept units are multiplied by in training: 1 / (1 - rate).</summary>
    public float Scale => Rate == 0 ? 1f : (float)(1.0 / (1.0 - Rate));
}
