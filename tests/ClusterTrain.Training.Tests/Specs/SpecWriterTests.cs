using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using FsCheck;
using FsCheck.Fluent;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_RandomValidSpec_ReadsBackEqual(bool comments) =>
        Prop.ForAll(RandomSpec.Valid().ToArbitrary(), spec =>
        {
            var text = SpecWriter.Write(spec, comments);
            var result = SpecLoader.Load(text, "written");
            Assert.Empty(result.Errors.Select(problem => problem.ToString()));
            Assert.Equal(spec, result.Spec);
            Assert.Equal(text, SpecWriter.Write(result.Spec!, comments));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Write_Default_HoldsEveryKey()
    {
        var text = SpecWriter.Write(new RunSpec());

        Assert.StartsWith("name: run\nseed: 1\nepochs: 10\nmath: managed\ndata:\n  name: glyphs\n  train: 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\n    - { type: dense, units: 256 }\n    - { type: relu }\n    - { type: dense, units: 10 }\n", text, StringComparison.Ordinal);
        Assert.Contains("\noptimizer:\n  type: nesterov\n  momentum: 0.9\n  gradientMean: shards\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  attack:\n    method: none\n  warmupEpochs: 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("beta1", text, StringComparison.Ordinal);
        Assert.Contains(
            "\n  epsilon: 1.0e-08\n", SpecWriter.Write(new RunSpec { Optimizer = new() { Type = new AdamRule() } }), StringComparison.Ordinal);
        Assert.All(SpecSchema.Walk(new RunSpec()).Where(key => key.Field.IgnoredWhen.Length == 0), key => Assert.Contains($"{key.Field.Name}:", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WithComments_SaysWhatEveryKeyMeansInShortLines()
    {
        var text = SpecWriter.Write(new RunSpec(), comments: true);

        Assert.Contains("# Passes over the training rows; 1 to 100000 epochs.\nepochs: 10\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Theory]
    [InlineData("run", "run")]
    [InlineData("null", "\"null\"")]
    [InlineData("No", "\"No\"")]
    [InlineData("12", "\"12\"")]
    [InlineData("a\"b\\c\né", "\"a\\\"b\\\\c\\u000A\\u00E9\"")]
    public void Write_TextThatYamlWouldReadOtherwise_IsQuoted(string name, string yaml) =>
        Assert.StartsWith($"name: {yaml}\n", SpecWriter.Write(new RunSpec { Name = name }), StringComparison.Ordinal);

    [Fact]
    public void Write_MinusZero_IsZero() => Assert.Equal(
        SpecWriter.Write(new RunSpec()),
        SpecWriter.Write(new RunSpec { Regularization = new() { L2 = -0.0 } }));

    [Fact]
    public void NetworkSpec_EqualLayersInOtherList_IsEqual()
    {
        static NetworkSpec Made(int units) => new() { Layers = new List<LayerDefinition> { new DenseLayer { Units = units } } };

        Assert.Equal(Made(3), Made(3));
        Assert.Equal(Made(3).GetHashCode(), Made(3).GetHashCode());
        Assert.NotEqual(Made(3), Made(4));
    }
}
