using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Footprint;

namespace ClusterTrain.Training.Tests.Footprint;

public sealed class LayerTableTests
{
    private static readonly MapShape Input = new(3, 28, 28);

    private static readonly LayerDefinition[] Layers =
    [
        new Conv2dLayer { Channels = 16, Kernel = 3, Stride = 2 }, new BatchNormLayer(), new ReluLayer(), new MaxPoolLayer(),
        new FlattenLayer(), new DenseLayer { Units = 10 },
    ];

    private static readonly Network Network = Network.Build(Input, Layers);

    [Fact]
    public void Of_Network_HasEachLayersOutputParametersAndMultiplyAdds() => Assert.Equal(
        [
            new LayerRow("0", "conv2d", new(16, 13, 13), (16 * 3 * 9) + 16, 0, 16 * 3 * 9 * 13 * 13),
            new LayerRow("1", "batchNorm", new(16, 13, 13), 32, 32, 0),
            new LayerRow("2", "relu", new(16, 13, 13), 0, 0, 0),
            new LayerRow("3", "maxPool", new(16, 6, 6), 0, 0, 0),
            new LayerRow("4", "flatten", new(576, 1, 1), 0, 0, 0),
            new LayerRow("5", "dense", new(10, 1, 1), 5770, 0, 5760),
        ],
        LayerTable.Of(Input, Layers, Network).Rows);

    [Fact]
    public void Of_LayersInsideOthers_StandBehindTheOneTheyAreIn()
    {
        LayerDefinition[] layers =
        [
            new Conv2dLayer { Channels = 4, Kernel = 1, Bias = false },
            new ResidualLayer
            {
                Main =
                [
                    new ReluLayer(), new ResidualLayer { Main = [new Conv2dLayer { Channels = 4, Kernel = 1 }] },
                    new Conv2dLayer { Channels = 6, Kernel = 1 },
                ],
                Shortcut = [new Conv2dLayer { Channels = 6, Kernel = 1 }],
            },
            new FlattenLayer(), new DenseLayer { Units = 10 },
        ];
        var network = Network.Build(Input, layers);

        var table = LayerTable.Of(Input, layers, network);

        Assert.Equal(
            [
                ("0", 0, 12), ("1", 0, 0), ("1.main.0", 1, 0), ("1.main.1", 1, 0), ("1.main.1.main.0", 2, 20), ("1.main.2", 1, 30),
                ("1.shortcut.0", 1, 30), ("2", 0, 0), ("3", 0, (6 * 784 * 10) + 10),
            ],
            table.Rows.Select(row => (row.Path, row.Depth, row.Parameters)));
        Assert.Equal(new MapShape(6, 28, 28), table.Rows[1].Output);
        Assert.Equal(network.ParameterCount, table.Parameters);
        Assert.Equal(((12 + 16 + 24 + 24) * 784) + (6 * 784 * 10), table.MultiplyAdds);
    }

    [Fact]
    public void Totals_OfANetwork_AreWhatItHas()
    {
        var table = LayerTable.Of(Input, Layers, Network);

        Assert.Equal(Network.StatisticCount, table.Statistics);
        Assert.Equal(Network.ParameterCount - Network.StatisticCount, table.Parameters);
        Assert.Equal((16 * 3 * 9 * 13 * 13) + 5760, table.MultiplyAdds);
        Assert.Equal(Input, table.Input);
    }

    [Theory]
    [InlineData("3", 0)]
    [InlineData("3.main.0", 1)]
    [InlineData("3.main.0.shortcut.12", 2)]
    public void Depth_OfAPath_IsTheLayersThatItStandsIn(string path, int depth) =>
        Assert.Equal(depth, new LayerRow(path, "relu", Input, 0, 0, 0).Depth);
}
