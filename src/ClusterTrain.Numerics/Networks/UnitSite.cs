namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A place between layers where units may be dropped: site 0 holds the network's inputs, site i + 1 the outputs of stage
/// i. A row of activations there is [kept units, <see cref="Area"/>].
/// </summary>
/// <param name="Index">0 for the inputs.</param>
/// <param name="Units">Units when none is dropped: features, or channels of maps.</param>
/// <param name="Rate">Drop probability in training; 0 without a dropout layer here.</param>
/// <param name="Area">Floats of one unit: the positions of a map, 1 for a feature.</param>
public sealed record UnitSite(int Index, int Units, double Rate, int Area = 1)
{
    /// <summary>The earlier site whose mask this one has; its own index where there is none.</summary>
    public int MaskIndex { get; init; } = Index;

    /// <summary>Whether a later site of the same mask does the scaling: normalization between them would undo it.</summary>
    public bool IsScaledLater { get; init; }

    /// <summary>Whether dropout scales at inference instead of in training (Srivastava et al. 2014, figure 2).</summary>
    public bool IsClassic { get; init; }

    /// <summary>What kept units are multiplied by in training: 1 / (1 - rate), or 1 for classic dropout.</summary>
    public float Scale => Rate == 0 || IsScaledLater || IsClassic ? 1f : (float)(1.0 / (1.0 - Rate));

    /// <summary>What all units are multiplied by at inference: 1, or 1 - rate for classic dropout.</summary>
    public float InferenceScale => IsClassic && !IsScaledLater ? (float)(1.0 - Rate) : 1f;

    /// <summary>Floats of a row when no unit is dropped.</summary>
    public int Features => Units * Area;
}
