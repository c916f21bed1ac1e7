using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Layers.Shorthands;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Layers.Shorthands;

/// <summary>Well-known networks by what follows from their definitions.</summary>
public sealed class ShorthandTests
{
    private static readonly MapShape Picture = new(3, 32, 32);

    // 432 of the stem; blocks of 9 w v weights a convolution and 2 w of a normalization; shortcuts of w v; 64 in, 10 out.
    [Fact]
    public void Expand_Resnet20_Has272282Parameters() => Assert.Equal(272_282, Trained(new Resnet20Layer()));

    [Fact]
    public void Expand_Resnet56_HasSixBlocksMoreAStage() =>
        Assert.Equal(272_282 + (6 * ((18 * ((16 * 16) + (32 * 32) + (64 * 64))) + (4 * (16 + 32 + 64)))), Trained(new Resnet56Layer()));

    [Fact]
    public void Expand_PreActResNet18_Has11172170Parameters() => Assert.Equal(11_172_170, Trained(new PreActResNet18Layer()));

    // Zagoruyko and Komodakis 2016, table 4: 36.5 million.
    [Fact]
    public void Expand_WideResNet2810_Has36Point5MillionParameters() => Assert.Equal(36.5, Trained(new WideResNetLayer()) / 1e6, 0.05);

    [Theory]
    [InlineData(10, true)]
    [InlineData(28, true)]
    [InlineData(27, false)]
    public void Contradiction_Depth_IsSixNAndFour(int depth, bool isRight) =>
        Assert.Equal(isRight, new WideResNetLayer { Depth = depth }.Contradiction is null);

    [Fact]
    public void Expand_WideResNetWithARate_DropsChannelsInsideItsBlocksAlone()
    {
        var network = Network.Build(Picture, new WideResNetLayer { Depth = 10, Widen = 2, Rate = 0.3 }.Expand());
        var dropped = network.Stages.OfType<ConvStage>().Where(stage => stage.Output.Rate > 0).ToList();

        Assert.Equal([32, 64, 128], dropped.Select(stage => stage.Output.Units));
        Assert.All(network.Stages.OfType<SumStage>(), sum => Assert.Equal(0, sum.Output.Rate));
        Assert.DoesNotContain(network.Stages, stage => stage is DropStage);
    }

    [Fact]
    public void Expand_Resnet20_NamesParametersAsNestedModulesDo()
    {
        var names = Network.Build(Picture, new Resnet20Layer().Expand()).Tensors.Select(tensor => tensor.Name).ToList();

        Assert.Equal(["0.weight", "1.main.0.weight", "1.main.0.running_mean", "1.main.0.running_var", "1.main.0.bias", "1.main.2.weight"], names.Take(6));
        Assert.Contains("6.shortcut.0.weight", names);
    }

    [Fact]
    public void Expand_WithInit_EveryConvolutionBeginsSo()
    {
        IEnumerable<WeightInit> Inits(NetworkShorthand shorthand) =>
            Network.Build(Picture, shorthand.Expand()).Stages.OfType<ConvStage>().Select(stage => stage.Init);

        Assert.All(Inits(new Resnet20Layer()), init => Assert.Equal(WeightInit.He, init));
        Assert.All(Inits(new Resnet20Layer { Init = WeightInit.Default }), init => Assert.Equal(WeightInit.Default, init));
    }

    private static int Trained(NetworkShorthand shorthand)
    {
        var network = Network.Build(Picture, shorthand.Expand());
        return network.ParameterCount - network.StatisticCount;
    }
}
