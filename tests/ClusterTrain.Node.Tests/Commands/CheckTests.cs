using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Cli;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class CheckTests : IDisposable
{
    private const string Picture =
        "[{ type: conv2d, channels: 4 }, { type: relu }, { type: flatten }, { type: dense, units: 10 }]";

    private const string Wide = "{ type: dense, units: 32000 }, ";

    private const string Widest = "{ type: dense, units: 65536 }, ";

    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Check_Spec_PrintsASpecThatIsEqual()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);

        var printed = _shell.Run("check", "tiny.yaml", "--set", "seed=9").Gives(ExitCode.Done).Out;

        Assert.Equal(SpecLoader.Load(TinySpec.Text, "tiny", ["seed=9"]).Spec, SpecLoader.Load(printed, "printed").Spec);
        _shell.Write("printed.yaml", printed);
        Assert.Equal(printed, _shell.Run("check", "printed.yaml").Gives(ExitCode.Done).Out);
    }

    [Fact]
    public void Check_Spec_FillsInEveryDefaultAndSaysWhatItMeans()
    {
        _shell.Write("tiny.yaml", "name: tiny\n");

        var printed = _shell.Run("check", "tiny.yaml").Gives(ExitCode.Done).Out;

        Assert.Contains("learningRate: 0.1", printed, StringComparison.Ordinal);
        Assert.Contains("#", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoSpec_PrintsTheEmbeddedOne() =>
        Assert.Contains("name: quickstart", _shell.Run("check").Gives(ExitCode.Done).Out, StringComparison.Ordinal);

    [Fact]
    public void Check_Warning_PassesAndSaysIt()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);

        var outcome = _shell.Run("check", "tiny.yaml", "--set", "batch.shards=2").Gives(ExitCode.Done);

        Assert.Contains("warning: batch.shards", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_DataThatAreKnown_PrintsLayersAndMemoryAsComments()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);

        var lines = Table("check", "tiny.yaml");

        Assert.Contains("# inputs [784]", lines);
        Assert.Contains("# 0 dense [16] 12,560 12,544", lines);
        Assert.Contains("# 2 dropout [16] - -", lines);
        Assert.Contains("# total 12,730 12,704", lines);
        Assert.Contains("# shard gradients 49.9 KiB 398.8 KiB", lines);
    }

    [Fact]
    public void Check_KnownDataThatAreNotHere_TakesTheShapeThatTheirNameTells()
    {
        var lines = Table("check", "--set", "data.name=cifar-10", "--set", "network.layers=" + Picture);

        Assert.Contains("# inputs [3, 32, 32]", lines);
        Assert.Contains("# 0 conv2d [4, 30, 30] 112 97,200", lines);
    }

    [Theory]
    [InlineData("resnet20", "# 2 residual [16, 32, 32] - -", "# total 272,282 40,813,184")]
    [InlineData("preActResNet18", "# 13.shortcut.0 conv2d [512, 4, 4] 131,072 2,097,152", "# total 11,172,170 555,422,720")]
    public void Check_Shorthand_IsPrintedAsTheLayersItStandsFor(string name, params string[] expected)
    {
        string[] shorthand = ["check", "--set", "data.name=cifar-10", "--set", $"network.layers=[{{ type: {name} }}]"];

        var lines = Table(shorthand);

        Assert.All(expected, line => Assert.Contains(line, lines));
        _shell.Write("whole.yaml", _shell.Run(shorthand).Out);
        Assert.Equal(lines, Table("check", "whole.yaml"));
    }

    [Fact]
    public void Check_DataInAFolder_AreMeasured()
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine"));
        IdxFiles.WriteFolder(_shell["sets/mine"]);

        Assert.Contains(Table("check", "mine.yaml"), line => line.StartsWith("# No table of layers: data set 'mine'", StringComparison.Ordinal));
        Assert.Contains(Table("check", "mine.yaml", "--data", "sets"), line => line.StartsWith("# 0 dense [16]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("network.layers=[" + Widest + Widest + "{ type: dense, units: 10 }]", "network.layers[1].units")]
    [InlineData("network.layers=[" + Widest + Wide + Wide + "{ type: dense, units: 10 }]", "network.layers: ", "weights")]
    [InlineData("network.layers=[{ type: dense, units: 9 }]", "network.layers[0].units", "9 units", "10 classes")]
    [InlineData("data={ name: mnist, train: 100 }", "batch.size", "100 training rows")]
    [InlineData("data={ name: mnist, train: 70000 }", "60000 rows")]
    [InlineData("initialization.from=nowhere", "nowhere")]
    public void Check_WhatTrainRefuses_IsRefused(string set, params string[] words)
    {
        _shell.Write("tiny.yaml", "batch: { size: 128 }\n");

        _shell.Refuses(["check", "tiny.yaml", "--set", set], words);
    }

    // Nearly two tebibytes of activations.
    [Fact]
    public void Check_MoreMemoryThanTheMachineHas_SaysWhatItTakes()
    {
        _shell.Write("large.yaml", "batch: { size: 600, shards: 1 }\nnetwork:\n  layers:\n"
            + string.Concat(Enumerable.Repeat("    - { type: conv2d, channels: 4096, kernel: 1 }\n", 120))
            + "    - { type: flatten }\n    - { type: dense, units: 10 }\n");

        _shell.Refuses(["check", "large.yaml"], ["GiB in each worker", "for activations of replicas; this machine has"]);
    }

    [Fact]
    public void Check_DataThatAreDamaged_AreRefused()
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine"));
        IdxFiles.WriteFolder(_shell["data/mine"]);
        File.Delete(Directory.EnumerateFiles(_shell["data/mine"]).Order(StringComparer.Ordinal).First());

        _shell.Refuses(["check", "mine.yaml"], ["mine"]);
    }

    // Lines with one blank wherever there are several.
    private IReadOnlyList<string> Table(params string[] args) => [.. _shell.Run(args).Gives(ExitCode.Done).OutLines
        .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
