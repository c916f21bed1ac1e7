using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// Cross-correlation over maps: y[o, p, q] = b[o] + sum over i, u, v of w[o, i, u, v] x[i, p * stride + u - padding,
/// q * stride + v - padding], zero beyond the map.
/// </summary>
public sealed record Conv2dLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<Conv2dLayer>(
        "Cross-correlation over the maps [channels, height, width] before it, the same window for all positions");

    [Option("Maps that the layer makes", Min = 1, Max = 4_096, Unit = "channels", IsRequired = true)]
    public int Channels { get; init; } = 1;

    [Option("Side of the square kernel; usual: 3 or 5", Min = 1, Max = 63, Unit = "positions")]
    public int Kernel { get; init; } = 3;

    [Option(
        "Rows and columns of zeros around each map; (kernel - 1) / 2 keeps the size of the maps", Min = 0, Max = 31, Unit = "positions")]
    public int Padding { get; init; }

    [Option("From one place of the kernel to the next", Min = 1, Max = 63, Unit = "positions")]
    public int Stride { get; init; } = 1;

    public override bool? ReadsMaps => true;

    public override string SizeOption => "channels";

    internal Window Window => new(Kernel, Stride, Padding);

    public override LayerPlace Place(LayerContext here)
    {
        var shape = here.Shape;
        if (here.IsFlat) return Refuses(here, "conv2d reads maps, but here are features: it stands before flatten and dense");
        return Window.Fits(shape)
            ? Makes(here, Window.Over(shape, Channels), (long)shape.Channels * Channels * Window.Area)
            : Refuses(
                here,
                $"conv2d has a kernel of {Kernel} x {Kernel}, larger than the padded map of "
                + $"{shape.Height + (2 * Padding)} x {shape.Width + (2 * Padding)} it reads",
                isOfSizes: true);
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        var (weight, bias) = network.Parameters(place.Path, [Channels, network.Site.Units, Kernel, Kernel]);
        network.Push(new ConvStage(
            weight, bias, network.Site, network.Next(Channels, place.Output.Area), place.Input, Window, place.Output, Pool: null, place.Output));
    }

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "Conv", [graph.Value, graph.Parameter("weight"), graph.Parameter("bias")],
        OperationAttribute.List("kernel_shape", Kernel, Kernel),
        OperationAttribute.List("strides", Stride, Stride),
        OperationAttribute.List("pads", Padding, Padding, Padding, Padding));
}
