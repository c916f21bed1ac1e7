using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers;

/// <summary>Maps as one list of features, channel after channel, row after row.</summary>
public sealed record FlattenLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<FlattenLayer>("Maps as one list of features, between the last layer of maps and the first dense");

    public override bool? ReadsMaps => false;

    // As first layer it says that the network reads features, whatever the data look like.
    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsFlat && !here.IsInput)
            return Refuses(here, "flatten follows maps, but here are features already");
        var flat = Passes(here);
        return flat with
        {
            After = flat.After with { Shape = MapShape.Flat(here.Shape.Features), IsFlat = true, IsFlattened = !here.IsFlat },
        };
    }

    // A site's row is the list already.
    public override void Build(NetworkBuilder network, LayerPlace place)
    {
    }

    public override void Describe(InferenceGraph graph, LayerPlace place) =>
        graph.Add("Flatten", [graph.Value], OperationAttribute.Of("axis", 1));
}
