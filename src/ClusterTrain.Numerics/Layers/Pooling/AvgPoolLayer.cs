using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>The mean of each square block of a map; rows and columns that fill no block are left out.</summary>
public sealed record AvgPoolLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<AvgPoolLayer>("The mean of each square block of a map");

    [Option("Side of the block", Min = 1, Max = 63, Unit = "positions")]
    public int Size { get; init; } = 2;

    [Option("From one block to the next; 0 is `size`, blocks side by side", Min = 0, Max = 63, Unit = "positions")]
    public int Stride { get; init; }

    public override bool? ReadsMaps => true;

    internal Window Window => new(Size, Stride == 0 ? Size : Stride, Padding: 0);

    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsFlat) return Refuses(here, "avgPool reads maps, but here are features: it stands before flatten and dense");
        if (here.IsDropped) return Refuses(here, "avgPool stands before dropout, not behind it");
        return Window.Problem(here.Shape, "avgPool", "blocks") is { } problem
            ? Refuses(here, problem, isOfSizes: true)
            : Makes(here, Window.Over(here.Shape, here.Shape.Channels));
    }

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(AveragePoolStage.Over(network, place, Window));

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "AveragePool", [graph.Value], OperationAttribute.List("kernel_shape", Size, Size),
        OperationAttribute.List("strides", Window.Stride, Window.Stride));
}
