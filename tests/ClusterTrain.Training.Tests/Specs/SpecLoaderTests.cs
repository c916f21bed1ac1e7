using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Schedules;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecLoaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("network:\nbatch:\n")]
    public void Load_NothingGiven_IsTheDefaultSpec(string yaml) => Assert.Equal(new RunSpec(), Clean(yaml));

    [Fact]
    public void Load_KeysOfEveryType_AreRead()
    {
        var spec = Clean("""
            name: "a-run"
            seed: 9007199254740992
            optimizer: { type: AdamW, learningRate: 1e-3 }
            regularization: { weightDecay: 0.01 }
            adversarial:
              attack: { method: pgd, norm: l2, epsilon: 2, randomStart: false, stepSize: .5, steps: 10 }
            evaluation: { validationAttack: { method: fgsm } }
            earlyStopping: { metric: robustAccuracy }
            network:
              layers:
                - { type: dropout, rate: 0.2 }
                - { type: dense, units: 3 }
                - { type: relu }
                - { type: dense, units: 10 }
            """);

        Assert.Equal("a-run", spec.Name);
        Assert.Equal(9007199254740992, spec.Seed);
        Assert.Equal(new AdamWRule(), spec.Optimizer.Type);
        Assert.Equal(0.001, spec.Optimizer.LearningRate);
        Assert.Equal(
            new PgdAttack
            {
                Norm = AttackNorm.L2, Epsilon = 2, RandomStart = false, StepSize = 0.5, Steps = 10,
            },
            spec.Adversarial.Attack);
        Assert.Equal(StoppingMetric.RobustAccuracy, spec.EarlyStopping.Metric);
        Assert.Equal(
            [
                new DropoutLayer { Rate = 0.2 },
                new DenseLayer { Units = 3 },
                new ReluLayer(),
                new DenseLayer { Units = 10 },
            ],
            spec.Network.Layers);
    }

    [Fact]
    public void Load_ManyErrors_AreAllReportedAtOnceInOrderOfLines()
    {
        var result = Load("""
            epocs: 3
            seed: -1
            batch:
              size: 100
              shards: 8
            optimizer:
              learningRate: "0.1"
            network:
              layers:
                - { type: dense, units: 0 }
                - { type: dropout, rate: 0.9 }
                - { type: rleu }
                - { type: dense, units: 10 }
            earlyStopping:
              metric: robustAccuracy
            """);

        Assert.Null(result.Spec);
        Assert.Equal(
            [
                ("epocs", 1), ("seed", 2), ("batch.shards", 5), ("optimizer.learningRate", 7), ("network.layers[0].units", 10),
                ("network.layers[1].rate", 11), ("network.layers[2].type", 12), ("earlyStopping.metric", 15),
            ],
            result.Errors.Select(problem => (problem.Path, problem.Line!.Value)));
    }

    [Theory]
    [InlineData("epochs: ten", "wants a whole number (1 to 100000 epochs); 'ten' is given")]
    [InlineData("epochs: 1.5", "wants a whole number (1 to 100000 epochs); '1.5' is given")]
    [InlineData("epochs: \"10\"", "wants a whole number (1 to 100000 epochs); the text '10' is given: leave out the quotes")]
    [InlineData("epochs: 1_000", "wants a whole number (1 to 100000 epochs); '1_000' is given: write 1000")]
    [InlineData("epochs: 0", "'0' is out of range; allowed: 1 to 100000 epochs")]
    [InlineData("epochs: 99999999999999999999999", "'99999999999999999999999' is out of range; allowed: 1 to 100000 epochs")]
    [InlineData("epochs:", "wants a whole number (1 to 100000 epochs); no value is given")]
    [InlineData("epochs: [1]", "wants a whole number; a list is given")]
    [InlineData("seed: 9007199254740993", "'9007199254740993' is out of range; allowed: 0 to 9007199254740992")]
    [InlineData("name: [a]", "wants text; a list is given")]
    [InlineData("batch: 3", "wants a mapping with keys such as 'size:'; '3' is given")]
    [InlineData("batch: [3]", "wants a mapping with keys such as 'size:'; a list is given")]
    [InlineData("optimizer: { learningRate: 0 }", "'0' is out of range; allowed: above 0, up to 100")]
    [InlineData("optimizer: { learningRate: .nan }", "wants a number (above 0, up to 100); '.nan' is given")]
    [InlineData("optimizer: { learningRate: .inf }", "wants a number (above 0, up to 100); '.inf' is given")]
    [InlineData("optimizer: { learningRate: 1e999 }", "'1e999' is out of range; allowed: above 0, up to 100")]
    [InlineData("optimizer: { type: adma }", "wants one of sgd, momentum, nesterov, adam, adamw; 'adma' is given; did you mean 'adam'?")]
    [InlineData("optimizer: { type: rmsprop }", "wants one of sgd, momentum, nesterov, adam, adamw; 'rmsprop' is given")]
    [InlineData("adversarial: { attack: { method: pgd, randomStart: yes } }", "wants true or false; 'yes' is given")]
    [InlineData("adversarial: { attack: { method: pgd, randomStart: \"true\" } }", "wants true or false; the text 'true' is given: leave out the quotes")]
    [InlineData("network: { layers: dense }", "wants a list of layers such as - { type: dense, units: 256 }; 'dense' is given")]
    [InlineData("network: { layers: [dense] }", "wants a mapping such as { type: dense, units: 256 }; 'dense' is given")]
    [InlineData("network: { layers: [{ type: dense }] }", "is missing: dense wants a whole number (1 to 65536 units)")]
    [InlineData("network: { layers: [{ units: 10 }] }", "is missing; allowed: dense, conv2d, maxPool, avgPool, globalAvgPool, flatten, relu, leakyRelu, tanh, sigmoid, silu, gelu, softplus, batchNorm, groupNorm, layerNorm, normalize, dropConnect, dropout, residual, resnet20, resnet56, preActResNet18, wideResNet")]
    [InlineData("network: { layers: [{ type: dens, units: 10 }] }", "'dens' is no layer; did you mean 'dense'?")]
    [InlineData("network: { layers: [{ type: lstm, units: 10 }] }", "'lstm' is no layer; allowed: dense, conv2d, maxPool, avgPool, globalAvgPool, flatten, relu, leakyRelu, tanh, sigmoid, silu, gelu, softplus, batchNorm, groupNorm, layerNorm, normalize, dropConnect, dropout, residual, resnet20, resnet56, preActResNet18, wideResNet")]
    [InlineData("? [a]\n: 3", "keys are words; a list is given as one")]
    [InlineData("[1, 2]", "wants a mapping with keys such as 'name:'; a list is given")]
    public void Load_OneWrongValue_IsReportedWithWhatIsAllowed(string yaml, string message) =>
        Assert.Equal(message, OnlyError(yaml).Message);

    [Theory]
    [InlineData("epcohs: 3", "epcohs", "unknown key; did you mean 'epochs'?")]
    [InlineData("Epochs: 3", "Epochs", "unknown key; did you mean 'epochs'?")]
    [InlineData("optimizer: { learning_rate: 3 }", "optimizer.learning_rate", "unknown key; did you mean 'learningRate'?")]
    [InlineData("learningRate: 3", "learningRate", "unknown key; did you mean 'optimizer.learningRate'?")]
    [InlineData("batch: { workers: 3 }", "batch.workers", "unknown key; allowed: size, shards")]
    [InlineData("network: { layers: [{ type: dense, units: 10, colour: 1 }] }", "network.layers[0].colour", "unknown key; allowed: type, units, bias, init")]
    [InlineData("network: { layers: [{ typ: dense, units: 10 }] }", "network.layers[0].typ", "unknown key; did you mean 'type'?")]
    [InlineData("network: { layers: [{ type: dense, unit: 10 }] }", "network.layers[0].unit", "unknown key; did you mean 'units'?")]
    public void Load_UnknownKey_NamesTheNearestOrAllAllowed(string yaml, string path, string message)
    {
        var problem = OnlyError(yaml);

        Assert.Equal(path, problem.Path);
        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void Load_RepeatedKey_IsAnErrorBesideTheOthers()
    {
        var result = Load("epochs: 3\nepochs: 4\nseed: x\n");

        Assert.Equal(
            ["test.yaml:2:1: error: epochs: is given twice, first on line 1", "test.yaml:3:7: error: seed: wants a whole number (0 to 9007199254740992); 'x' is given"],
            result.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Load_NoYaml_IsReportedWithItsPlace()
    {
        var problem = OnlyError("epochs: 3\nbatch: { size: 128\n");

        Assert.Equal("", problem.Path);
        Assert.StartsWith("not readable as YAML: ", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Line);
    }

    [Theory]
    [InlineData("a: 1\n---\nb: 2\n", "one document")]
    [InlineData("epochs: !!int 3", "tags")]
    [InlineData("epochs: *none", "no anchor")]
    [InlineData("a: &a [*a]", "no anchor")]
    public void Load_UnsupportedYaml_SaysSo(string yaml, string part) =>
        Assert.Contains(part, OnlyError(yaml).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_NestedBeyondReason_IsAnErrorAndNoCrash() =>
        Assert.Contains("too deeply", OnlyError(new string('[', 100_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_AliasOfAnAttack_IsTheSameAttack()
    {
        var spec = Clean("""
            evaluation:
              validationAttack: &strong { method: pgd, epsilon: 0.3, steps: 20 }
              testAttack: *strong
            """);

        Assert.Equal(new PgdAttack { Epsilon = 0.3, Steps = 20 }, spec.Evaluation.TestAttack);
        Assert.Equal(spec.Evaluation.ValidationAttack, spec.Evaluation.TestAttack);
    }

    [Fact]
    public void Load_NumberOutsideUsualRange_IsAWarningWithTheSpec()
    {
        var warning = OnlyWarning("regularization:\n  l2: 0.5\n");

        Assert.Equal("test.yaml:2:7: warning: regularization.l2: 0.5 is unusual; usual: 0 to 0.01", warning.ToString());
    }

    [Fact]
    public void Load_UnreadableKeyOfARule_DoesNotBlameItsDefault()
    {
        // 100 rows and the default of 8 shards would not fit, but 8 is not what the user meant.
        Assert.Equal("batch.shards", OnlyError("batch: { size: 100, shards: x }").Path);
        Assert.Equal("batch.shard", OnlyError("batch: { size: 100, shard: 4 }").Path);
    }

    [Fact]
    public void Load_BrokenRate_DoesNotHideTheOrderOfLayers()
    {
        var result = Load(Layers("dense 3, dropout 0.9"));

        Assert.Equal(
            [("network.layers[1].rate"), ("network.layers[1]")],
            result.Problems.Select(problem => problem.Path).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public void Check_SpecMadeInCode_IsCheckedLikeText()
    {
        Assert.Empty(SpecLoader.Check(new RunSpec()).Problems);
        Assert.Equal("epochs", Assert.Single(SpecLoader.Check(new RunSpec { Epochs = 0 }).Errors).Path);
        Assert.Equal("schedule.finalFactor", Assert.Single(SpecLoader.Check(new RunSpec { Schedule = new() { Type = new CosineSchedule { FinalFactor = double.NaN } } }).Errors).Path);
    }

    [Fact]
    public void Load_OtherTechniqueOverAFile_IgnoresTheOldOnesKeysByName()
    {
        const string yaml = "optimizer:\n  type: nesterov\n  momentum: 0.8\n";
        var result = Load(yaml, "optimizer.type=adam");

        Assert.Equal(new AdamRule(), result.Spec!.Optimizer.Type);
        Assert.Equal("test.yaml:3:3: warning: optimizer.momentum: adam has no momentum: ignored", Assert.Single(result.Problems).ToString());
        Assert.Equal(
            "evaluation.testAttack.targets: pgd has no targets, queries: ignored",
            OnlyWarning("evaluation: { testAttack: { method: pgd, queries: 5, targets: 3 } }") is var warning
                ? $"{warning.Path}: {warning.Message}" : "");
    }

    [Fact]
    public void Load_NameAlone_KeepsTheDefaultsOfThatTechnique()
    {
        Assert.Equal(new StepSchedule { StepEpochs = 3 }, Clean("schedule: { type: STEP, stepEpochs: 3 }").Schedule.Type);
        Assert.Equal(new ApgdCeAttack(), Clean("evaluation: { testAttack: { method: apgdce } }").Evaluation.TestAttack);
        Assert.Equal(new NesterovRule { Momentum = 0.5 }, Clean("optimizer: { momentum: 0.5 }").Optimizer.Type);
        Assert.Equal(
            new CrossEntropyObjective { CleanWeight = 0.5 }, Clean("adversarial: { cleanWeight: 0.5, attack: { method: fgsm } }").Adversarial.Objective);
    }

    [Theory]
    [InlineData("adversarial: { attack: { method: pgdd } }", "adversarial.attack.method", "did you mean 'pgd'?")]
    [InlineData("adversarial: { attack: { method: [pgd] } }", "adversarial.attack.method", "square; a list is given")]
    [InlineData("adversarial: { attack: pgd }", "adversarial.attack", "wants a mapping with keys such as 'method:'; 'pgd' is given")]
    [InlineData("adversarial: { attack: { method: pgd, stepsize: 0.1 } }", "adversarial.attack.stepsize", "did you mean 'stepSize'?")]
    [InlineData("adversarial: { objective: trade }", "adversarial.objective", "wants one of crossEntropy, trades, mart; 'trade' is given; did you mean 'trades'?")]
    [InlineData("schedule: { type: cosine, finalFactor: 2 }", "schedule.finalFactor", "allowed: 0 to 1")]
    public void Load_WrongTechniqueOrOption_IsReportedAtItsKey(string yaml, string path, string message)
    {
        var problem = OnlyError(yaml);

        Assert.Equal(path, problem.Path);
        Assert.EndsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8/255", 8.0 / 255)]
    [InlineData("0.5/255", 0.5 / 255)]
    [InlineData("1/3", 1.0 / 3)]
    public void Load_Fraction_IsTheQuotientWrittenAsADecimalThatReadsBackExactly(string text, double value)
    {
        var spec = Clean($"evaluation: {{ testAttack: {{ method: pgd, epsilon: {text}, stepSize: {text} }} }}");

        Assert.Equal(new PgdAttack { Epsilon = value, StepSize = value }, spec.Evaluation.TestAttack);
        Assert.DoesNotContain("/", SpecWriter.Write(spec), StringComparison.Ordinal);
        Assert.Equal(spec, Clean(SpecWriter.Write(spec)));
    }

    [Fact]
    public void Load_FractionOrItsDecimal_HasOneHash() => Assert.Equal(
        SpecHash.Of(Clean("adversarial: { attack: { method: pgd, epsilon: 0.03137254901960784, stepSize: 0.00784313725490196 } }")),
        SpecHash.Of(Clean("adversarial: { attack: { method: pgd, epsilon: 8/255 } }", "adversarial.attack.stepSize=2/255")));
}
