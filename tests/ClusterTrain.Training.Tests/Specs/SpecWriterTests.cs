using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Shorthands;
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
    public void Write_Residual_NestsItsLists()
    {
        const string Yaml = """
            network:
              layers:
                - { type: normalize, mean: [0.5], deviation: 0.25 }
                - { type: conv2d, channels: 4, padding: same, bias: false }
                - type: residual
                  main:
                    - { type: relu }
                    - { type: conv2d, channels: 4, padding: 1 }
                - { type: residual, main: [{ type: conv2d, channels: 6, kernel: 1 }], shortcut: [{ type: conv2d, channels: 6, kernel: 1 }] }
                - { type: globalAvgPool }
                - { type: dense, units: 10 }
            """;
        var spec = SpecText.Clean(Yaml);
        var text = SpecWriter.Write(spec);

        Assert.Contains(
            """

                - type: residual
                  main:
                    - { type: relu }
                    - { type: conv2d, channels: 4, kernel: 3, padding: 1, stride: 1, bias: true, init: default }
                  shortcut: []
                - type: residual
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        Assert.Contains("padding: same, stride: 1, bias: false", text, StringComparison.Ordinal);
        Assert.Contains("mean: [0.5], deviation: [0.25]", text, StringComparison.Ordinal);
        Assert.Equal(spec, SpecText.Clean(text));
    }

    [Fact]
    public void Write_Shorthand_IsTheLayersItStandsFor()
    {
        var spec = SpecText.Clean("network: { layers: [{ type: wideResNet, depth: 10, widen: 1, rate: 0.3, classes: 7 }] }");

        Assert.Equal(new WideResNetLayer { Depth = 10, Widen = 1, Rate = 0.3, Classes = 7 }.Expand(), spec.Network.Layers);
        Assert.Equal(spec, SpecText.Clean(SpecWriter.Write(spec)));
    }

    [Theory]
    [InlineData("{ type: wideResNet, depth: 11 }", "network.layers[0]", "wideResNet has a depth of 6 n + 4, such as 16, 22, 28 or 34; 11 is given")]
    [InlineData("{ type: conv2d, channels: 3 }, { type: residual, main: [{ type: relu }, { type: conv2d, channels: 3, padding: 1, kernl: 3 }] }, { type: flatten }, { type: dense, units: 10 }", "network.layers[1].main[1].kernl", "unknown key; did you mean 'kernel'?")]
    [InlineData("{ type: conv2d, channels: 3, padding: some }, { type: flatten }, { type: dense, units: 10 }", "network.layers[0].padding", "wants a whole number or same (0 to 31 positions); 'some' is given")]
    [InlineData("{ type: conv2d, channels: 3, padding: 99 }, { type: flatten }, { type: dense, units: 10 }", "network.layers[0].padding", "'99' is out of range; allowed: 0 to 31 positions")]
    [InlineData("{ type: conv2d, channels: 3 }, { type: residual, main: [{ type: conv2d, channels: 3 }, { type: dense, units: 3 }] }, { type: flatten }, { type: dense, units: 10 }", "network.layers[1].main[1]", "dense reads features, but here are maps: put flatten or globalAvgPool before it")]
    public void Load_WrongNested_NamesThePlace(string layers, string path, string message)
    {
        var problem = SpecText.OnlyError("network: { layers: [" + layers + "] }");

        Assert.Equal((path, message), (problem.Path, problem.Message));
    }

    [Fact]
    public void Write_Default_HoldsEveryKeyButLaterOnes()
    {
        var text = SpecWriter.Write(new RunSpec());

        Assert.StartsWith("name: run\nseed: 1\nepochs: 10\nmath: managed\ndata:\n  name: glyphs\n  train: 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\n    - { type: dense, units: 256, bias: true, init: default }\n    - { type: relu }\n    - { type: dense, units: 10, bias: true, init: default }\n", text, StringComparison.Ordinal);
        Assert.Contains("\noptimizer:\n  type: nesterov\n  momentum: 0.9\n  gradientMean: shards\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  attack:\n    method: none\n  warmupEpochs: 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("beta1", text, StringComparison.Ordinal);
        Assert.Contains(
            "\n  epsilon: 1.0e-08\n", SpecWriter.Write(new RunSpec { Optimizer = new() { Type = new AdamRule() } }), StringComparison.Ordinal);
        Assert.All(SpecSchema.Walk(new RunSpec()).Where(key => key.Field.IgnoredWhen.Length == 0 && !key.Field.Key.IsLeftOutAtDefault), key => Assert.Contains($"{key.Field.Name}:", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_NewerKey_IsLeftOutAtItsDefaultAndReadBack()
    {
        var all = new RunSpec { Regularization = new() { Penalized = PenaltyScope.All } };

        Assert.DoesNotContain("penalized", SpecWriter.Write(new RunSpec()), StringComparison.Ordinal);
        Assert.Contains("\n  penalized: weights\n", SpecWriter.Write(new RunSpec(), comments: true), StringComparison.Ordinal);
        Assert.Contains("\n  penalized: all\n", SpecWriter.Write(all), StringComparison.Ordinal);
        Assert.NotEqual(SpecHash.Of(new RunSpec()), SpecHash.Of(all));
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
