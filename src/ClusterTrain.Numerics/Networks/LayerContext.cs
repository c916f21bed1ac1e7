namespace ClusterTrain.Numerics.Networks;

/// <summary>What stands before a layer: all that its place rule may look at.</summary>
/// <param name="Shape">Of what the layer reads.</param>
public sealed record LayerContext(MapShape Shape)
{
    /// <summary>Where the layer stands: <c>3</c>, or <c>3.main.0</c> inside another one.</summary>
    public string Path { get; init; } = "";

    /// <summary>Whether that is inside another layer.</summary>
    public bool IsInside => Path.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether the layer reads features, not maps.</summary>
    public bool IsFlat { get; init; }

    /// <summary>Whether these features are maps in a row: a unit is still a channel.</summary>
    public bool IsFlattened { get; init; }

    /// <summary>
    /// Whether units were dropped here. What does not keep 0 at 0, or has to see all units, must not follow before a layer with
    /// weights: a thinned network would not be the masked one.
    /// </summary>
    public bool IsDropped { get; init; }

    /// <summary>Whether nothing but dropout stands before: the layer reads the network's inputs.</summary>
    public bool IsInput { get; init; }

    /// <summary>The layer directly before; null for the network's inputs.</summary>
    public LayerDefinition? Before { get; init; }
}

/// <summary>One layer at its place in a network.</summary>
/// <param name="Layer">As listed.</param>
/// <param name="Here">What stands before it.</param>
/// <param name="After">What stands before the next one.</param>
public sealed record LayerPlace(LayerDefinition Layer, LayerContext Here, LayerContext After)
{
    /// <summary>What it reads.</summary>
    public MapShape Input => Here.Shape;

    /// <summary>What it makes.</summary>
    public MapShape Output => After.Shape;

    /// <summary>Where it stands, as parameters are named: <c>3</c>, <c>3.main.0</c>.</summary>
    public string Path => Here.Path;

    /// <summary>Weights it has, biases not counted.</summary>
    public long Weights { get; init; }

    /// <summary>Why it cannot stand here; null when it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the problem is the sizes of what it reads, and not the layers before.</summary>
    public bool IsOfSizes { get; init; }

    /// <summary>Places of the layers inside it, one list a branch; the last of a list may be one with a problem.</summary>
    public IReadOnlyList<IReadOnlyList<LayerPlace>> Branches { get; init; } = [];

    /// <summary>It and all places inside it, in the order in which they compute.</summary>
    public IEnumerable<LayerPlace> All => Branches.SelectMany(branch => branch).SelectMany(place => place.All).Append(this);
}
