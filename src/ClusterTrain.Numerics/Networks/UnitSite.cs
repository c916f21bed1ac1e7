namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A place between layers where units may be dropped: site 0 holds the network's inputs, site i the outputs of stage i
/// (counted from 1). A row of activations there is [kept units, <see cref="Area"/>].
/// </summary>
/// <param name="Index">0 for the inputs.</param>
/// <param name="Units">Units when none is dropped: features, or channels of maps.</param>
/// <param name="Rate">Drop probability in training; 0 without a dropout layer here.</param>
/// <param name="Area">Floats of one unit: the positions of a map, 1 for a feature.</param>
public sealed record UnitSite(int Index, int Units, double Rate, int Area = 1)
{
    /// <summary>What kept units are multiplied by in training: 1 / (1 - rate).</summary>
    public float Scale => Rate == 0 ? 1f : (float)(1.0 / (1.0 - Rate));

    /// <summary>Floats of a row when no unit is dropped.</summary>
    public int Features => Units * Area;
}
