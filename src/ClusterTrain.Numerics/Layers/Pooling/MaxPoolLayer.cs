using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>The largest value of each square block of a map; rows and columns that fill no block are left out.</summary>
public sealed record MaxPoolLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<MaxPoolLayer>("The largest value of each square block of a map");

    [Option("Side of the block", Min = 1, Max = 63, Unit = "positions")]
    public int Size { get; init; } = 2;

    [Option("From one block to the next; 0 is `size`, blocks side by side", Min = 0, Max = 63, Unit = "positions")]
    public int Stride { get; init; }

    public override bool? ReadsMaps => true;

    internal Window Window => new(Size, Stride == 0 ? Size : Stride, Padding: 0);

    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsFlat) return Refuses(here, "maxPool reads maps, but here are features: it stands before flatten and dense");
        if (here.IsDropped) return Refuses(here, "maxPool stands before dropout, not behind it");
        return Window.Problem(here.Shape, "maxPool", "blocks") is { } problem
            ? Refuses(here, problem, isOfSizes: true)
            : Makes(here, Window.Over(here.Shape, here.Shape.Channels));
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        if (network.Last is IPooledStage last && last.Pooling(Window, place.Output) is { } pooled) network.Swap(pooled);
        else network.Push(PoolStage.Over(network, place, Window));
    }

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "MaxPool", [graph.Value], OperationAttribute.List("kernel_shape", Size, Size),
        OperationAttribute.List("strides", Window.Stride, Window.Stride));
}

/// <summary>A stage that may pool what it writes, so that the maps before pooling are never kept.</summary>
public interface IPooledStage
{
    /// <summary>The same stage with max pooling on top; null when it cannot take it.</summary>
    Stage? Pooling(Window window, MapShape pooled);
}
