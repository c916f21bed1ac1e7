using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Rules;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class AugmentationRulesTests
{
    [Fact]
    public void Augmentation_UsualValues_Pass() => Clean("""
        data: { name: fashion-mnist }
        augmentation: { rotation: 15, scaleMin: 0.8, scaleMax: 1.2, shift: 2, shear: 0.1, crop: 4, flipHorizontal: true,
          brightness: 0.2, contrast: 0.2, noise: 0.05, probability: 0.5 }
        regularization: { inputNoise: 0.1 }
        """);

    [Theory]
    [InlineData("augmentation: { scaleMin: 1.2, scaleMax: 0.9 }", "augmentation.scaleMin", "1.2 is above scaleMax, 0.9")]
    [InlineData("augmentation: { scaleMin: 1.1 }", "augmentation.scaleMin", "1.1 is above scaleMax, 1")]
    [InlineData("augmentation: { rotation: 181 }", "augmentation.rotation", "'181' is out of range; allowed: 0 to 180 degrees")]
    [InlineData("augmentation: { crop: -1 }", "augmentation.crop", "'-1' is out of range; allowed: 0 to 4096 pixels")]
    [InlineData("augmentation: { probability: 1.5 }", "augmentation.probability", "'1.5' is out of range; allowed: 0 to 1 probability")]
    [InlineData("data: { labelNoise: -0.1 }", "data.labelNoise", "'-0.1' is out of range; allowed: 0 to 1 probability")]
    [InlineData("data: { imbalance: 0.5 }", "data.imbalance", "'0.5' is out of range; allowed: 1 to 1000000")]
    [InlineData("regularization: { inputNoise: -1 }", "regularization.inputNoise", "'-1' is out of range; allowed: 0 to 10")]
    public void Augmentation_OutOfRangeOrContradicting_IsAnError(string yaml, string path, string message)
    {
        var problem = OnlyError(yaml);

        Assert.Equal((path, message), (problem.Path, problem.Message));
    }

    [Theory]
    [InlineData("augmentation: { rotation: 30 }", "augmentation.rotation")]
    [InlineData("augmentation: { scaleMax: 1.5 }", "augmentation.scaleMax")]
    [InlineData("augmentation: { brightness: 0.5 }", "augmentation.brightness")]
    [InlineData("augmentation: { rotation: 10, probability: 0 }", "augmentation.probability")]
    [InlineData("augmentation: { flipHorizontal: true }", "augmentation.flipHorizontal")]
    [InlineData("data: { name: mnist }\naugmentation: { flipVertical: true }", "augmentation.flipVertical")]
    [InlineData("data: { name: emnist-letters }\naugmentation: { flipHorizontal: true }", "augmentation.flipHorizontal")]
    [InlineData("data: { name: my-digits }\naugmentation: { flipHorizontal: true }", "augmentation.flipHorizontal")]
    public void Augmentation_Unusual_IsAWarning(string yaml, string path) => Assert.Equal(path, OnlyWarning(yaml).Path);

    [Theory]
    [InlineData("data: { name: fashion-mnist }\naugmentation: { flipHorizontal: true, flipVertical: true }")]
    [InlineData("data: { name: photos }\naugmentation: { flipHorizontal: true }")]
    [InlineData("augmentation: { probability: 0 }")]
    public void Augmentation_OfOtherPictures_Passes(string yaml) => Clean(yaml);

    [Theory]
    [InlineData("saturation: 0.2", "error: augmentation.saturation: saturation is of colours, three channels; glyphs has 1 channel: set it to 0")]
    [InlineData("shift: 20", "error: augmentation.shift: 20 pixels can move all of a picture of 28 x 20 out of sight; allowed: less than 20")]
    [InlineData("crop: 21", "error: augmentation.crop: 21 pixels can move all of a picture of 28 x 20 out of sight; allowed: less than 20")]
    public void AgainstData_PicturesThatDoNotAllowIt_IsAnError(string key, string problem)
    {
        var spec = Clean($"augmentation: {{ {key} }}");

        Assert.Equal(problem, Assert.Single(SpecRules.AgainstData(spec, new MapShape(1, 28, 20), 10, 128, 1, 1)).ToString());
        Assert.Empty(SpecRules.AgainstData(spec, new MapShape(3, 28, 28), 10, 128, 1, 1));
    }
}
