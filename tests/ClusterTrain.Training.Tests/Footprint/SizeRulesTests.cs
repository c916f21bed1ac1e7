using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Footprint;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Footprint;

public sealed class SizeRulesTests
{
    private static readonly DenseLayer Last = new() { Units = 10 };

    [Fact]
    public void Of_LayersThatFitAloneButNotTogether_IsAnError()
    {
        var large = new DenseLayer { Units = 30_000 };

        Assert.Empty(Problems(MapShape.Flat(30_000), large, large, Last));
        var problem = Assert.Single(Problems(MapShape.Flat(30_000), large, large, large, Last));

        Assert.Equal("network.layers", problem.Path);
        Assert.Contains("2700300000 weights", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ActivationsBeyondABlock_NamesTheFirstLayerThatMakesThem()
    {
        var wide = new Conv2dLayer { Channels = 4096, Kernel = 1 };

        Assert.Empty(Problems(new MapShape(1, 45, 45), wide, wide, new FlattenLayer(), Last));
        var problem = Assert.Single(Problems(new MapShape(1, 46, 46), new Conv2dLayer { Channels = 1, Kernel = 1 }, wide, wide, new FlattenLayer(), Last));

        Assert.Equal("network.layers[1]", problem.Path);
        Assert.Contains("[4096, 46, 46] of each of 250 rows, 2166784000 numbers", problem.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<SpecProblem> Problems(MapShape input, params LayerDefinition[] layers) =>
        SizeRules.Of(new RunSpec { Network = new NetworkSpec { Layers = layers } }, input);
}
