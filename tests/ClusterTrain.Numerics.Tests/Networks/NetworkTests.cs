using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Networks;

public sealed class NetworkTests
{
    private static readonly LayerDefinition Relu = new ReluLayer();

    [Fact]
    public void Build_TheStandardMlp_Has109386Parameters()
    {
        var network = Network.Build(784, [Dense(128), Relu, Dropout(0.5), Dense(64), Relu, Dropout(0.3), Dense(10)]);

        Assert.Equal(109_386, network.ParameterCount);
        Assert.Equal((784, 10, 784, true), (network.Inputs, network.Outputs, network.WidestSite, network.HasDropout));
    }

    [Fact]
    public void Build_Mlp_LaysTensorsOutInOrderWithoutGaps()
    {
        var network = Network.Build(20, [Dropout(0.2), Dense(16), Relu, Dropout(0.5), Dense(12), Dense(5)]);

        // Numbered by place in the list of layers, as the reference implementation does.
        Assert.Equal(
            ["1.weight", "1.bias", "4.weight", "4.bias", "5.weight", "5.bias"], network.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(
            ["16,20", "16", "12,16", "12", "5,12", "5"], network.Tensors.Select(tensor => string.Join(',', tensor.Shape)));
        var offset = 0;
        foreach (var tensor in network.Tensors)
        {
            Assert.Equal(offset, tensor.Offset);
            Assert.Equal(tensor.Shape.Aggregate(1, (product, side) => product * side), tensor.Length);
            Assert.Equal(tensor.Name.EndsWith("weight", StringComparison.Ordinal), tensor.IsPenalized);
            offset += tensor.Length;
        }

        Assert.Equal(network.ParameterCount, offset);
    }

    [Fact]
    public void Build_Mlp_PutsDropoutAtTheSiteItFollows()
    {
        var network = Network.Build(20, [Dropout(0.2), Dense(16), Relu, Dropout(0.5), Dense(12), Dense(5)]);

        Assert.Equal([(20, 0.2), (16, 0.5), (12, 0), (5, 0)], network.Sites.Select(site => (site.Units, site.Rate)));
        Assert.Equal([1.25f, 2f, 1f, 1f], network.Sites.Select(site => site.Scale));
        Assert.Equal([true, false, false], network.Stages.Select(stage => stage.Relu));
        for (var i = 0; i < network.Stages.Length; i++)
        {
            Assert.Same(network.Sites[i], network.Stages[i].Input);
            Assert.Same(network.Sites[i + 1], network.Stages[i].Output);
        }
    }

    public static TheoryData<string, LayerDefinition[], int> Misplaced => new()
    {
        { "relu first", [Relu, Dense(3)], 0 },
        { "tanh after dropout", [Dense(3), Dropout(0.5), new TanhLayer(), Dense(3)], 2 },
        { "dropout twice", [Dense(3), Dropout(0.5), Dropout(0.5), Dense(3)], 2 },
        { "dropout twice on the inputs", [Dropout(0.5), Dropout(0.5), Dense(3)], 1 },
    };

    [Theory]
    [MemberData(nameof(Misplaced))]
    public void Build_LayerWithoutMeaningAtItsPlace_NamesIt(string what, LayerDefinition[] layers, int index)
    {
        var error = Assert.Throws<ArgumentException>(() => Network.Build(4, layers));

        Assert.Contains($"layers[{index}]", error.Message, StringComparison.Ordinal);
        Assert.Contains(what.Split(' ')[0], error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<LayerDefinition[]> NotEndingInDense =>
        new(new LayerDefinition[][] { [], [Dropout(0.5)], [Dense(3), Relu], [Dense(3), Dropout(0.5)] });

    [Theory]
    [MemberData(nameof(NotEndingInDense))]
    public void Build_LastLayerNotDense_Refused(LayerDefinition[] layers)
    {
        var error = Assert.Throws<ArgumentException>(() => Network.Build(4, layers));

        Assert.Contains("last layer must be dense", error.Message, StringComparison.Ordinal);
    }

    private static LayerDefinition Dense(int units) => new DenseLayer { Units = units };

    private static LayerDefinition Dropout(double rate) => new DropoutLayer { Rate = rate };
}
