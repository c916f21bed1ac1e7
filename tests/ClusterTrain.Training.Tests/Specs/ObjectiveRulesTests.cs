using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs.Rules;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

/// <summary>Techniques that contradict each other, or do nothing together, are found before anything starts.</summary>
public sealed class ObjectiveRulesTests
{
    private const string Norm = "network: { layers: [{ type: dense, units: 3 }, { type: batchNorm }, { type: relu }, { type: dense, units: 10 }] }\n";
    private const string Attack = "attack: { method: pgd }";

    [Theory]
    [InlineData("adversarial: { objective: trades, fraction: 0.5, " + Attack + " }", "adversarial.fraction", "trades trains on beside the clean one")]
    [InlineData("adversarial: { cleanWeight: 0.5, fraction: 0.5, " + Attack + " }", "adversarial.fraction", "cleanWeight trains on beside the clean one")]
    [InlineData("adversarial: { objective: trades, attack: { method: fgsm } }", "adversarial.attack.method", "flat at the row itself")]
    [InlineData("adversarial: { objective: trades, attack: { method: pgd, randomStart: false, stepSize: 0.05 } }", "adversarial.attack.randomStart", "use pgd with randomStart: true")]
    [InlineData(Norm + "batch: { size: 16, shards: 16 }", "network.layers[1]", "16 shards of a batch of 16 have 1 row with 1 value of a unit here")]
    public void Keys_ThatContradict_AreAnError(string yaml, string path, string message)
    {
        var problem = OnlyError(yaml);

        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adversarial: { objective: trades, " + Attack + " }")]
    [InlineData("adversarial: { objective: trades, fraction: 0.5 }")]
    [InlineData("adversarial: { cleanWeight: 0.5, fraction: 0.5 }")]
    [InlineData("adversarial: { cleanWeight: 0.5, " + Attack + " }")]
    [InlineData("adversarial: { fraction: 0.5, " + Attack + " }")]
    [InlineData(Norm + "batch: { size: 16, shards: 8 }")]
    public void Keys_ThatAgree_Pass(string yaml) => Clean(yaml);

    [Theory]
    [InlineData("regularization: { dropoutMasks: pool }", "regularization.dropoutMasks")]
    [InlineData("regularization: { dropoutMasks: example }", "regularization.dropoutMasks")]
    [InlineData("optimizer: { gradientMean: holders }", "optimizer.gradientMean")]
    [InlineData("adversarial: { objective: trades, cleanWeight: 0.5, " + Attack + " }", "adversarial.cleanWeight")]
    public void Keys_ThatDoNothing_AreAWarning(string yaml, string path) => Assert.Equal(path, OnlyWarning(yaml).Path);

    [Theory]
    [InlineData("dense 3, batchNorm, batchNorm, dense 10", "network.layers[2]", "batchNorm follows batchNorm")]
    [InlineData("dense 3, dropout 0.3, batchNorm, dense 10", "network.layers[2]", "batchNorm stands before dropout")]
    [InlineData("dense 3, dropConnect, relu, dense 10", "network.layers[2]", "dropConnect drops the weights of a dense layer")]
    [InlineData("dense 3, dropout 0.3, sigmoid, dense 10", "network.layers[2]", "sigmoid cannot stand here")]
    [InlineData("tanh, dense 10", "network.layers[0]", "tanh cannot stand here")]
    public void Layers_ThatCannotStandThere_AreNamed(string layers, string path, string message)
    {
        var problem = OnlyError(Layers(layers));

        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AgainstData_DropoutOfTheOnlyChannel_IsAWarning()
    {
        var spec = Load("network: { layers: [{ type: dropout, rate: 0.2 }, { type: conv2d, channels: 4 }, { type: flatten }, { type: dense, units: 10 }] }").Spec!;

        var problem = Assert.Single(SpecRules.AgainstData(spec, new MapShape(1, 28, 28), 10, 1000, 1000, 1000));
        Assert.Equal("network.layers[0]", problem.Path);
        Assert.Contains("has one", problem.Message, StringComparison.Ordinal);
        Assert.Empty(SpecRules.AgainstData(spec, new MapShape(3, 28, 28), 10, 1000, 1000, 1000));
    }
}
