using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Specs;

/// <summary>The run specs of <c>docs/studies.md</c>.</summary>
public sealed class StudySpecsTests
{
    [Theory]
    [InlineData("random-labels")]
    [InlineData("random-labels-dropout")]
    public void RandomLabels_Specs_LoadWithoutAProblemUnderTheirOwnNames(string name)
    {
        var spec = Load(name);

        Assert.Equal(name, spec.Name);
        Assert.Equal((1.0, 1000), (spec.Data.LabelNoise, spec.Data.Train));
    }

    [Fact]
    public void RandomLabels_WithDropout_DiffersInNothingElse()
    {
        var (plain, dropout) = (Load("random-labels"), Load("random-labels-dropout"));

        var layers = dropout.Network.Layers.Where(layer => layer is not Numerics.Layers.Dropout.DropoutLayer);
        Assert.Equal(plain, dropout with { Name = plain.Name, Epochs = plain.Epochs, Network = new NetworkSpec { Layers = [.. layers] } });
        Assert.NotEqual(plain.Network, dropout.Network);
    }

    private static RunSpec Load(string name) => SpecText.Clean(
        File.ReadAllText(Path.Combine(SpecText.Root(), "cluster-config", "runs", name + ".yaml")));
}
