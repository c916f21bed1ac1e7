using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>The mean of each map: one feature a channel.</summary>
public sealed record GlobalAvgPoolLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<GlobalAvgPoolLayer>("The mean of each map, one feature a channel");

    public override bool? ReadsMaps => true;

    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsFlat) return Refuses(here, "globalAvgPool reads maps, but here are features: it stands before dense, in place of flatten");
        if (here.IsDropped) return Refuses(here, "globalAvgPool stands before dropout, not behind it");
        var place = Makes(here, MapShape.Flat(here.Shape.Channels));
        return place with { After = place.After with { IsFlat = true } };
    }

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(AveragePoolStage.Over(network, place, window: null));

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        graph.Add("GlobalAveragePool", [graph.Value]);
        graph.Add("Flatten", [graph.Value], OperationAttribute.Of("axis", 1));
    }
}
