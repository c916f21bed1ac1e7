namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// Follows an example's shape through a list of layers and finds the first layer that cannot stand where it does. Which layer
/// may follow which, each layer says itself.
/// </summary>
public static class LayerWalk
{
    /// <summary>
    /// The layers in order; the walk ends with the first one that has a problem. Images become plain features when the first
    /// layer that minds reads features.
    /// </summary>
    public static IReadOnlyList<LayerPlace> Over(MapShape input, IReadOnlyList<LayerDefinition> layers) => Through(
        new LayerContext(InputOf(input, layers)) { IsFlat = ReadsFeatures(layers), IsInput = true }, layers, "");

    /// <summary>The same for layers inside another one.</summary>
    /// <param name="here">What stands before the first.</param>
    /// <param name="layers">Of one branch.</param>
    /// <param name="prefix">Before each layer's number in its path: <c>3.main.</c></param>
    public static IReadOnlyList<LayerPlace> Through(LayerContext here, IReadOnlyList<LayerDefinition> layers, string prefix)
    {
        var places = new List<LayerPlace>();
        foreach (var (index, layer) in layers.Index())
        {
            here = here with { Path = FormattableString.Invariant($"{prefix}{index}") };
            var place = here.Before?.Minds(layer) is { } problem
                ? new LayerPlace(layer, here, here) { Problem = problem }
                : layer.Place(here);
            places.Add(place);
            if (place.All.Any(inner => inner.Problem is not null)) break;
            here = place.After;
        }

        return places;
    }

    /// <summary>The place with a problem, or null: the walk ended there.</summary>
    public static LayerPlace? Problem(IReadOnlyList<LayerPlace> places) =>
        places.Count == 0 ? null : places[^1].All.FirstOrDefault(place => place.Problem is not null);

    /// <summary>An example as the first layer reads it.</summary>
    public static MapShape InputOf(MapShape input, IReadOnlyList<LayerDefinition> layers) =>
        ReadsFeatures(layers) ? MapShape.Flat(input.Features) : input;

    /// <summary>Whether the network reads plain features, whatever shape an example has.</summary>
    public static bool ReadsFeatures(IReadOnlyList<LayerDefinition> layers) => !(layers.Select(ReadsMaps).FirstOrDefault(reads => reads is not null) ?? false);

    private static bool? ReadsMaps(LayerDefinition layer) =>
        layer.ReadsMaps ?? layer.Branches.SelectMany(branch => branch.Layers).Select(ReadsMaps).FirstOrDefault(reads => reads is not null);
}
