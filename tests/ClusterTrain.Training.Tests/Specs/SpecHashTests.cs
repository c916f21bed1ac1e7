using ClusterTrain.Training.Specs;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecHashTests
{
    [Fact]
    public void Of_SameSettingsWrittenOtherwise_IsTheSame()
    {
        var brief = Clean("epochs: 10\noptimizer: { learningRate: 0.1 }\n");
        var wordy = Clean("# as by default\noptimizer:\n  type: NESTEROV\n  learningRate: 1e-1\nseed: 1\n");

        Assert.Equal(SpecHash.Of(brief), SpecHash.Of(wordy));
        Assert.Matches("^[0-9a-f]{64}$", SpecHash.Of(brief));
    }

    [Theory]
    [InlineData("name=other")]
    [InlineData("checkpoints.keep=9")]
    [InlineData("checkpoints.everySteps=9")]
    public void Of_KeyThatDecidesNoNumber_IsTheSame(string set) => Assert.Equal(SpecHash.Of(new RunSpec()), SpecHash.Of(Clean("", set)));

    [Fact]
    public void Of_WeightsToStartFrom_IsTheirContentAndNotTheirPlace()
    {
        string Hash(string from, char digit) => SpecHash.Of(Clean("", $"initialization.from={from}", $"initialization.sha256=\"{new string(digit, 64)}\""));

        Assert.Equal(Hash("here", 'a'), Hash("there", 'a'));
        Assert.NotEqual(Hash("here", 'a'), Hash("here", 'b'));
    }

    [Theory]
    [InlineData("data.folds=3")]
    [InlineData("initialization.layers=[0]")]
    [InlineData("seed=2")]
    [InlineData("data.name=other")]
    [InlineData("regularization.l1=1e-9")]
    [InlineData("network.layers[0].units=257")]
    [InlineData("evaluation.testAttack={ method: pgd, steps: 8 }")]
    [InlineData("optimizer.momentum=0.8")]
    [InlineData("schedule.type=constant")]
    [InlineData("adversarial.cleanWeight=0.5")]
    public void Of_KeyThatDecides_Differs(string set) => Assert.NotEqual(SpecHash.Of(new RunSpec()), SpecHash.Of(Clean("", set)));
}
