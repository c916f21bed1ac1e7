using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecOverrideTests
{
    [Fact]
    public void Set_KeyInAndNotInTheFile_ReplacesOrAdds()
    {
        var spec = Clean("epochs: 5\n", "epochs=3", "adversarial.attack.method=fgsm", "adversarial.attack.epsilon=0.2", "name=x");

        Assert.Equal(3, spec.Epochs);
        Assert.Equal(new FgsmAttack { Epsilon = 0.2 }, spec.Adversarial.Attack);
        Assert.Equal("x", spec.Name);
    }

    [Fact]
    public void Set_SameKeyTwice_LastOneWins() => Assert.Equal(7, Clean("", "epochs=3", "epochs=7").Epochs);

    [Theory]
    [InlineData("network.layers[1].rate=0.3")]
    [InlineData("network.layers.1.rate=0.3")]
    public void Set_EntryOfAList_ChangesThatEntryAlone(string set)
    {
        var spec = Clean(Layers("dense 3, dropout 0.5, dense 10"), set);

        Assert.Equal(
            [new DenseLayer { Units = 3 }, new DropoutLayer { Rate = 0.3 }, new DenseLayer { Units = 10 }],
            spec.Network.Layers);
    }

    [Fact]
    public void Set_EntryOfTheDefaultList_ChangesThatEntry() =>
        Assert.Equal(new DenseLayer { Units = 64 }, Clean("", "network.layers[0].units=64").Network.Layers[0]);

    [Fact]
    public void Set_LastEntryOfAList_IsReached() =>
        Assert.Equal(new DenseLayer { Units = 12 }, Clean("", "network.layers[2].units=12").Network.Layers[2]);

    [Fact]
    public void Set_ListOrMappingAsValue_IsYaml()
    {
        var spec = Clean(
            "", "network.layers=[{ type: dense, units: 10 }]", "adversarial.attack={ method: fgsm, norm: l2 }", "evaluation.testAttack.method=pgd");

        Assert.Equal([new DenseLayer { Units = 10 }], spec.Network.Layers);
        Assert.Equal(new FgsmAttack { Norm = AttackNorm.L2 }, spec.Adversarial.Attack);
        Assert.Equal(new PgdAttack(), spec.Evaluation.TestAttack);
    }

    [Fact]
    public void Set_OneOfTwoAliases_LeavesTheOther()
    {
        var spec = Clean("evaluation: { validationAttack: &a { method: pgd }, testAttack: *a }", "evaluation.testAttack.steps=50");

        Assert.Equal(new PgdAttack { Steps = 50 }, spec.Evaluation.TestAttack);
        Assert.Equal(new PgdAttack(), spec.Evaluation.ValidationAttack);
    }

    [Theory]
    [InlineData("epocs=3", "epocs", "unknown key; did you mean 'epochs'?")]
    [InlineData("optimiser.type=adam", "optimiser", "unknown key; did you mean 'optimizer'?")]
    [InlineData("epochs=many", "epochs", "wants a whole number (1 to 100000 epochs); 'many' is given")]
    [InlineData("epochs=", "epochs", "wants a whole number (1 to 100000 epochs); no value is given")]
    [InlineData("network.layers[3].rate=0.3", "network.layers", "has 3 entries, 0 to 2; there is no entry 3")]
    [InlineData("network.layers.rate=0.3", "network.layers", "is a list, which has no key 'rate'; name an entry by number, as in network.layers[0]")]
    [InlineData("network.layers[1].rate=0.3", "network.layers[1].rate", "unknown key; allowed: type")]
    [InlineData("batch.shards=7", "batch.shards", "7 shards do not divide a batch of 128 rows; the nearest count that does is 8")]
    [InlineData("epochs", "", "wants path=value, such as epochs=3; there is no '='")]
    [InlineData("=3", "", "'' is not a path such as network.layers[1].rate")]
    [InlineData("a..b=3", "", "'a..b' is not a path such as network.layers[1].rate")]
    public void Set_Wrong_IsReportedWithTheSetAsItsPlace(string set, string path, string message)
    {
        var problem = OnlyError("", set);

        Assert.Equal(path, problem.Path);
        Assert.Equal(message, problem.Message);
        Assert.Equal("--set " + set, problem.Source);
        Assert.Null(problem.Line);
        Assert.StartsWith($"--set {set}: error: ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Set_BelowASingleValue_IsAnError() =>
        Assert.Equal("is '5' and has no keys", OnlyError("epochs: 5", "epochs.often=3").Message);

    [Fact]
    public void Set_ValueThatIsNoYaml_IsAnErrorOfThatPath()
    {
        var problem = OnlyError("", "network.layers=[{");

        Assert.Equal("network.layers", problem.Path);
        Assert.Contains("not readable as YAML", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_SeveralWrong_AreAllReportedBesideTheFile()
    {
        var result = Load("seed: x", "epocs=3", "nonsense");

        Assert.Equal(["test.yaml", "--set nonsense", "--set epocs=3"], result.Problems.Select(problem => problem.Source));
    }

    [Fact]
    public void Set_BesideAFileThatIsNoYaml_IsCheckedByItselfAlone()
    {
        var result = Load("batch: {", "batch.shards=7", "epocs=3");

        Assert.Equal(["", "epocs"], result.Problems.Select(problem => problem.Path));
    }
}
