using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Specs;

/// <summary>The two reference networks, as they ship.</summary>
public sealed class ReferenceNetworksTests
{
    private static readonly MapShape Picture = new(1, 28, 28);

    [Fact]
    public void ReferenceMlp_AsShipped_HasTheKnownParametersRatesAndOptimizer()
    {
        var spec = Load("reference-mlp");
        var network = Network.Build(Picture, spec.Network.Layers);

        Assert.Equal(109_386, network.ParameterCount);
        Assert.Equal([784, 128, 64, 10], network.Sites.Select(site => site.Units));
        Assert.Equal([0, 0.5, 0.3, 0], network.Sites.Select(site => site.Rate));
        Assert.Equal((new AdamRule(), 1e-3), (spec.Optimizer.Type, spec.Optimizer.LearningRate));
    }

    [Theory]
    [InlineData("fashion-mnist-cnn", 0.5)]
    [InlineData("fashion-mnist-cnn-pgd", null)]
    public void ReferenceCnn_AsShipped_HasTheKnownParametersAndMaps(string name, double? rate)
    {
        var network = Network.Build(Picture, Load(name).Network.Layers);
        var convolutions = network.Stages.OfType<ConvStage>().ToList();

        Assert.Equal(225_034, network.ParameterCount);
        Assert.Equal([26, 13, 11, 5], convolutions.SelectMany(stage => new[] { stage.Convolved.Width, stage.Pooled.Width }));
        Assert.Equal([3, 3], convolutions.Select(stage => stage.Kernel.Size));
        if (rate is { } known) Assert.Equal(known, network.Sites[3].Rate);
    }

    private static RunSpec Load(string name) => SpecText.Clean(
        File.ReadAllText(Path.Combine(SpecText.Root(), "cluster-config", "runs", name + ".yaml")));
}
