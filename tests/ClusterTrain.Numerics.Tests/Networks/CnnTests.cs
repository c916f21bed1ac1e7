using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Networks;

public sealed class CnnTests
{
    private static readonly LayerDefinition Relu = new ReluLayer();
    private static readonly LayerDefinition Flatten = new FlattenLayer();
    private static readonly LayerDefinition Norm = new BatchNormLayer();
    private static readonly LayerDefinition Dropout = new DropoutLayer();

    [Fact]
    public void Build_ReferenceCnn_HasTheKnownSizes()
    {
        var network = Network.Build(
            new MapShape(1, 28, 28),
            [Conv(32), Relu, Pool(), Conv(64), Relu, Pool(), Flatten, Dense(128), Relu, Dropout, Dense(10)]);

        Assert.Equal(225_034, network.ParameterCount);
        Assert.Equal([(1, 784), (32, 169), (64, 25), (128, 1), (10, 1)], network.Sites.Select(site => (site.Units, site.Area)));
        Assert.Equal([26, 11], network.Stages.OfType<ConvStage>().Select(stage => stage.Convolved.Width));
        Assert.Equal([13, 5], network.Stages.OfType<ConvStage>().Select(stage => stage.Pooled.Height));
        Assert.Equal([9, 9, 25, 1], network.Stages.Select(stage => stage.ColumnGroup));
        Assert.Equal([32, 1, 3, 3], network.Tensors[0].Shape);
        Assert.Equal([128, 1600], network.Tensors[4].Shape);
        Assert.Equal(["0", "3", "7", "10"], network.Stages.Select(stage => stage.Weight.Name.Split('.')[0]));
        Assert.Equal((784, 10), (network.Inputs, network.Outputs));
    }

    [Fact]
    public void Build_DenseOverAnImage_ReadsItsFeatures()
    {
        var network = Network.Build(new MapShape(3, 4, 5), [Dropout, Dense(2)]);

        Assert.Equal((60, 1, 0.5), (network.Sites[0].Units, network.Sites[0].Area, network.Sites[0].Rate));
        Assert.Equal(network.ParameterCount, Network.Build(60, [Dropout, Flatten, Dense(2)]).ParameterCount);
    }

    [Theory]
    [InlineData(5, 0, 1, 9, 7)]
    [InlineData(3, 1, 1, 13, 11)]
    [InlineData(3, 1, 2, 7, 6)]
    [InlineData(11, 0, 1, 3, 1)]
    [InlineData(1, 0, 3, 5, 4)]
    public void Build_KernelPaddingStride_GiveTheMap(int kernel, int padding, int stride, int height, int width)
    {
        var conv = new Conv2dLayer { Channels = 2, Kernel = kernel, Padding = padding, Stride = stride };
        var network = Network.Build(new MapShape(1, 13, 11), [conv, Flatten, Dense(2)]);

        Assert.Equal(new MapShape(2, height, width), ((ConvStage)network.Stages[0]).Convolved);
    }

    public static TheoryData<LayerDefinition[], int, string> Misplaced => new()
    {
        { [Conv(2, 14), Flatten, Dense(2)], 0, "conv2d has a kernel of 14 x 14, larger than the map of 13 x 11" },
        { [Conv(2, 9), Pool(4), Flatten, Dense(2)], 1, "maxPool has blocks of 4 x 4, larger than the map of 5 x 3" },
        { [Conv(2), Relu, Dense(2)], 2, "put flatten or globalAvgPool before it" },
        { [Conv(2), Flatten, Conv(2), Dense(2)], 2, "conv2d reads maps" },
        { [Dense(4), Conv(2), Flatten, Dense(2)], 1, "conv2d reads maps" },
        { [Dense(4), Pool(), Dense(2)], 1, "maxPool reads maps" },
        { [Conv(2), Dropout, Pool(), Flatten, Dense(2)], 2, "maxPool stands before dropout" },
        { [Conv(2), Dropout, Norm, Flatten, Dense(2)], 2, "batchNorm stands before dropout" },
        { [Conv(2), Norm, Norm, Flatten, Dense(2)], 2, "batchNorm follows batchNorm" },
        { [Conv(2), Flatten, Norm, Dense(2)], 2, "batchNorm stands before flatten" },
        { [Conv(2), new DropConnectLayer(), Flatten, Dense(2)], 2, "which must follow it directly" },
        { [Conv(2), Flatten, Dropout, Dense(2)], 2, "dropout stands before flatten" },
        { [Dense(4), Flatten, Dense(2)], 1, "flatten follows maps" },
        { [new Conv2dLayer { Channels = 2, Kernel = 3, Stride = 12, Padding = Padding.Same }, Flatten, Dense(2)], 0, "a stride of 12, larger than the map of 13 x 11" },
        { [Conv(3), new GroupNormLayer { Groups = 2 }, Flatten, Dense(2)], 1, "2 groups do not divide 3 channels; allowed: 1, 3" },
        { [Conv(2), new NormalizeLayer(), Flatten, Dense(2)], 1, "normalize is the first layer" },
        { [new NormalizeLayer { Mean = [0.1, 0.2] }, Flatten, Dense(2)], 0, "2 numbers for mean; the inputs have 1 channels" },
        { [Conv(2), new ResidualLayer(), Flatten, Dense(2)], 1, "residual wants layers in main" },
        { [Conv(2), Residual(Conv(3)), Flatten, Dense(2)], 1, "main makes 3 channels and the shortcut 2: let the shortcut be a conv2d of kernel 1 with 3 channels" },
        { [Conv(2), Residual(Same(2), Dropout), Flatten, Dense(2)], 1, "the dropout at the end of main would cut the sum" },
        { [Conv(2), Dropout, Residual(Same(2)), Flatten, Dense(2)], 2, "the dropout before this residual would cut its sum" },
    };

    [Theory]
    [MemberData(nameof(Misplaced))]
    public void Build_LayerThatCannotStandThere_IsNamed(LayerDefinition[] layers, int index, string problem)
    {
        var error = Assert.Throws<ArgumentException>(() => Network.Build(new MapShape(1, 13, 11), layers));

        Assert.StartsWith($"layers[{index}]: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static LayerDefinition Conv(int channels, int kernel = 3) =>
        new Conv2dLayer { Channels = channels, Kernel = kernel };

    private static LayerDefinition Same(int channels) => new Conv2dLayer { Channels = channels, Padding = Padding.Same };

    private static LayerDefinition Residual(params LayerDefinition[] main) => new ResidualLayer { Main = main };

    private static LayerDefinition Pool(int size = 2) => new MaxPoolLayer { Size = size };

    private static LayerDefinition Dense(int units) => new DenseLayer { Units = units };
}
