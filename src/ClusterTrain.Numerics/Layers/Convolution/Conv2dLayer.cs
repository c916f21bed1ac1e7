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
        "Rows and columns of zeros around each map; `same` is (kernel - 1) / 2, which keeps the size of the maps at stride 1",
        Min = 0, Max = 31, Unit = "positions")]
    public Padding Padding { get; init; }

    [Option("From one place of the kernel to the next", Min = 1, Max = 63, Unit = "positions")]
    public int Stride { get; init; } = 1;

    [Option("Whether each channel has a bias; normalization behind the layer has one of its own")]
    public bool Bias { get; init; } = true;

    [Option("How weights begin: he and xavier by their papers with biases 0, default as common frameworks do, zero for the end of a block")]
    public WeightInit Init { get; init; }

    public override bool? ReadsMaps => true;

    public override string SizeOption => "channels";

    internal Window Window => new(Kernel, Stride, Padding.Of(Kernel));

    public override LayerPlace Place(LayerContext here)
    {
        var shape = here.Shape;
        if (here.IsFlat) return Refuses(here, "conv2d reads maps, but here are features: it stands before flatten and dense");
        if (Padding.IsSame && Kernel % 2 == 0) return Refuses(here, $"padding: same wants an odd kernel; {Kernel} is given");
        return Window.Problem(shape, "conv2d", "a kernel") is { } problem
            ? Refuses(here, problem, isOfSizes: true)
            : Makes(here, Window.Over(shape, Channels), (long)shape.Channels * Channels * Window.Area);
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        var (weight, bias) = network.Parameters(place.Path, [Channels, network.Site.Units, Kernel, Kernel], Bias);
        network.Push(new ConvStage(
            weight, bias, network.Site, network.Next(Channels, place.Output.Area), place.Input, Window, place.Output, Pool: null, place.Output)
        {
            Init = Init,
        });
    }

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "Conv", Bias ? [graph.Value, graph.Parameter("weight"), graph.Parameter("bias")] : [graph.Value, graph.Parameter("weight")],
        OperationAttribute.List("kernel_shape", Kernel, Kernel),
        OperationAttribute.List("strides", Stride, Stride),
        OperationAttribute.List("pads", Window.Padding, Window.Padding, Window.Padding, Window.Padding));
}
