namespace ClusterTrain.Numerics.Networks;

/// <summary>One layer at its place in a network.</summary>
/// <param name="Layer">As listed.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Output">What it makes.</param>
/// <param name="Weights">Weights it has, biases not counted.</param>
/// <param name="Problem">Why it cannot stand here; null when it can.</param>
public sealed record LayerPlace(LayerDefinition Layer, MapShape Input, MapShape Output, long Weights, string? Problem)
{
    /// <summary>Whether the problem is the size of what it reads, and not the layers before.</summary>
    public bool IsTooLarge { get; init; }
}
