using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs.Rules;
using ClusterTrain.Training.Specs;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecRulesTests
{
    [Theory]
    [InlineData("name: ../up", "name")]
    [InlineData("name: .hidden", "name")]
    [InlineData("name: a b", "name")]
    [InlineData("name: \"a\\n\"", "name")]
    [InlineData("name: \"\"", "name")]
    [InlineData("data: { name: ../../etc }", "data.name")]
    [InlineData("data: { name: /tmp/x }", "data.name")]
    public void Name_NotSafeAsAFolder_IsAnError(string yaml, string path) => Assert.Equal(path, OnlyError(yaml).Path);

    [Theory]
    [InlineData("name: a")]
    [InlineData("name: 2024-run_1.b")]
    [InlineData("data: { name: fashion-mnist }")]
    public void Name_OfAllowedCharacters_Passes(string yaml) => Clean(yaml);

    [Fact]
    public void Name_TooLong_IsAnError()
    {
        Clean($"name: {new string('a', 100)}");
        OnlyError($"name: {new string('a', 101)}");
    }

    [Theory]
    [InlineData("dense 10")]
    [InlineData("dense 3, relu, dense 10")]
    [InlineData("dropout 0.2, dense 3, relu, dropout 0.5, dense 10")]
    [InlineData("dense 3, dropout 0.3, relu, dense 10")]
    [InlineData("dense 3, relu, batchNorm, dense 10")]
    [InlineData("batchNorm, dense 3, tanh, sigmoid, dense 10")]
    [InlineData("dense 3, dropout 0, dense 10")]
    public void Layers_InAllowedOrder_Pass(string layers) => Clean(Layers(layers));

    [Theory]
    [InlineData("dense 3, relu", "network.layers[1]", "the last layer is dense, with one unit a class; relu is given")]
    [InlineData("dense 3, dropout 0.5", "network.layers[1]", "the last layer is dense, with one unit a class; dropout is given")]
    [InlineData("relu, dense 3", "network.layers[0]", "relu cannot stand here: it follows a layer, not the inputs")]
    [InlineData("dense 3, dropout 0.5, dropout 0.5, dense 3", "network.layers[2]", "dropout follows dropout; keep one, with keep rates multiplied")]
    [InlineData("dense 3, dropout 0.81, dense 3", "network.layers[1].rate", "'0.81' is out of range; allowed: 0 to 0.8 probability")]
    [InlineData("dense 65537, dense 3", "network.layers[0].units", "'65537' is out of range; allowed: 1 to 65536 units")]
    public void Layers_InWrongOrderOrRange_AreAnError(string layers, string path, string message)
    {
        var problem = OnlyError(Layers(layers));

        Assert.Equal((path, message), (problem.Path, problem.Message));
        Assert.Equal(1, problem.Line);
    }

    [Theory]
    [InlineData("data: { folds: 1 }", "data.folds")]
    [InlineData("data: { folds: 1001 }", "data.folds")]
    [InlineData("data: { folds: 5, fold: 6 }", "data.fold")]
    [InlineData("data: { folds: 5, fold: 0 }", "data.fold")]
    [InlineData("initialization: { from: x, sha256: abc }", "initialization.sha256")]
    [InlineData("initialization: { from: x, layers: [0, 3] }", "initialization.layers")]
    [InlineData("initialization: { from: x, layers: [0, -1] }", "initialization.layers[1]")]
    [InlineData("initialization: { from: x, layers: 2 }", "initialization.layers")]
    public void FoldsOrTransfer_Wrong_AreAnError(string yaml, string path) => Assert.Equal(path, OnlyError(yaml).Path);

    [Theory]
    [InlineData("data: { fold: 5 }")]
    [InlineData("data: { folds: 5, fold: 5, train: 100, validation: 50 }\nbatch: { size: 120 }\nevaluation: { validationAttackRows: 60 }")]
    [InlineData("initialization: { from: x, layers: [0, 2] }")]
    [InlineData("initialization: { layers: [9] }")]
    public void FoldsOrTransfer_Allowed_Pass(string yaml) => Clean(yaml);

    [Fact]
    public void Layers_None_AreAnError() => Assert.Equal("network.layers", OnlyError("network: { layers: [] }").Path);

    [Theory]
    [InlineData("dense 3, relu, relu, dense 3", "network.layers[2]")]
    [InlineData("dropout 0.3, dense 3", "network.layers[0].rate")]
    [InlineData("dropout 0.1, dense 3", "network.layers[0].rate")]
    [InlineData("dense 3, dropout 0.6, dense 3", "network.layers[1].rate")]
    [InlineData("dense 3, dropout 0.1, dense 3", "network.layers[1].rate")]
    public void Layers_Unusual_AreAWarning(string layers, string path) => Assert.Equal(path, OnlyWarning(Layers(layers)).Path);

    [Theory]
    [InlineData(3, 0.5, true)]
    [InlineData(1, 0.5, true)]
    [InlineData(4, 0.5, false)]
    [InlineData(1, 0.0, false)]
    public void Shards_FewWithDropout_WarnWithTheMeasuredCollapse(int shards, double rate, bool warns)
    {
        var result = Load(Layers($"dense 3, dropout {rate}, dense 3") + $"batch: {{ size: 12, shards: {shards} }}");

        Assert.NotNull(result.Spec);
        Assert.Equal(warns, result.Problems.Any(problem => problem.Path == "batch.shards" && problem.Message.Contains("50.7% clean / 38.3% robust", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("batch: { size: 100, shards: 8 }", "batch.shards", "8 shards do not divide a batch of 100 rows; the nearest count that does is 10")]
    [InlineData("batch: { size: 4, shards: 8 }", "batch.shards", "8 shards do not divide a batch of 4 rows; the nearest count that does is 4")]
    [InlineData("data: { train: 100 }", "batch.size", "128 rows are wanted; there are 100 training rows")]
    [InlineData("epochs: 3\nschedule: { warmupEpochs: 3.5 }", "schedule.warmupEpochs", "3.5 epochs of warm-up are more than the run's 3; allowed: 0 to 3 epochs")]
    [InlineData("epochs: 3\nadversarial: { warmupEpochs: 4, attack: { method: fgsm } }", "adversarial.warmupEpochs", "4 epochs of warm-up are more than the run's 3; allowed: 0 to 3 epochs")]
    [InlineData("earlyStopping: { metric: robustAccuracy }", "earlyStopping.metric", "robustAccuracy is measured by evaluation.validationAttack, whose method is none; set it to fgsm or pgd, or choose loss or accuracy")]
    [InlineData("evaluation: { validationAttackRows: 2001 }", "evaluation.validationAttackRows", "2001 rows are wanted; there are 2000 validation rows")]
    [InlineData("data: { test: 10 }\nevaluation: { testAttackRows: 11 }", "evaluation.testAttackRows", "11 rows are wanted; there are 10 test rows")]
    [InlineData("adversarial: { attack: { method: pgd, stepSize: 0 } }", "adversarial.attack.stepSize", "pgd wants a step above 0; 0 is given")]
    [InlineData("evaluation: { validationAttack: { method: pgd, stepSize: 0 } }", "evaluation.validationAttack.stepSize", "pgd wants a step above 0; 0 is given")]
    [InlineData("adversarial: { attack: { method: apgdCe, steps: 50 } }", "adversarial.attack.method", "apgdCe is for evaluation; training attacks with fgsm or pgd")]
    [InlineData("evaluation: { testAttack: { method: pgd, stepSize: 0 } }", "evaluation.testAttack.stepSize", "pgd wants a step above 0; 0 is given")]
    public void Keys_ThatContradict_AreAnError(string yaml, string path, string message)
    {
        var problem = OnlyError(yaml);

        Assert.Equal((path, message), (problem.Path, problem.Message));
    }

    [Theory]
    [InlineData("batch: { size: 96, shards: 8 }")]
    [InlineData("data: { train: 128 }")]
    [InlineData("epochs: 3\nschedule: { warmupEpochs: 3 }")]
    [InlineData("epochs: 3\nadversarial: { warmupEpochs: 3, attack: { method: fgsm } }")]
    [InlineData("epochs: 3\nadversarial: { warmupEpochs: 4 }")]
    [InlineData("earlyStopping: { metric: robustAccuracy }\nevaluation: { validationAttack: { method: fgsm } }")]
    [InlineData("evaluation: { validationAttackRows: 2000 }")]
    [InlineData("data: { test: 10 }\nevaluation: { testAttackRows: 10 }")]
    [InlineData("evaluation: { testAttackRows: 10 }")]
    [InlineData("adversarial: { attack: { method: pgd, stepSize: 0.01, steps: 10, epsilon: 0.1, randomStart: false } }")]
    [InlineData("adversarial: { attack: { method: pgd, stepSize: 0.009, steps: 3, epsilon: 0.027, randomStart: false } }")]
    [InlineData("adversarial: { attack: { method: pgd, stepSize: 0.01, steps: 9, epsilon: 0.1 } }")]
    [InlineData("adversarial: { fraction: 0.5, attack: { method: pgd } }")]
    [InlineData("adversarial: { fraction: 0 }")]
    [InlineData("regularization: { weightDecay: 0.1 }\noptimizer: { type: momentum }")]
    [InlineData("regularization: { l2: 0.001 }\noptimizer: { type: momentum }")]
    public void Keys_ThatAgree_Pass(string yaml) => Clean(yaml);

    [Theory]
    [InlineData("regularization: { l2: 0.001 }\noptimizer: { type: adam }", "regularization.l2")]
    [InlineData("regularization: { l2: 0.001, weightDecay: 0.1 }\noptimizer: { type: adamw }", "regularization.l2")]
    [InlineData("adversarial: { attack: { method: pgd, epsilon: 0 } }", "adversarial.attack.epsilon")]
    [InlineData("evaluation: { testAttack: { method: fgsm, epsilon: 0 } }", "evaluation.testAttack.epsilon")]
    [InlineData("evaluation: { testAttack: { method: apgdDlr, steps: 7 } }", "evaluation.testAttack.steps")]
    [InlineData("optimizer: { type: adamw }", "regularization.weightDecay")]
    [InlineData("adversarial: { attack: { method: fgsm, stepSize: 0 } }", "adversarial.attack.stepSize")]
    [InlineData("optimizer: { type: adam, momentum: 0.5 }", "optimizer.momentum")]
    [InlineData("adversarial: { attack: { method: pgd, stepSize: 0.01, steps: 9, epsilon: 0.1, randomStart: false } }", "adversarial.attack.stepSize")]
    [InlineData("adversarial: { fraction: 0.01, attack: { method: pgd } }", "adversarial.fraction")]
    public void Keys_ThatDisappointTogether_AreAWarning(string yaml, string path) => Assert.Equal(path, OnlyWarning(yaml).Path);

    [Fact]
    public void Rules_ReadKeysThatExist()
    {
        var known = SpecSchema.Walk(new RunSpec()).Select(key => key.Path)
            .Concat(LayerSchema.All.SelectMany(LayerSchema.FieldsOf).Select(field => "network.layers[]." + field.Name))
            .Append("network.layers[].type")
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(SpecRules.All, rule => Assert.Subset(known, rule.Reads.ToHashSet(StringComparer.Ordinal)));
        Assert.All(SpecRules.All, rule => Assert.NotEmpty(rule.Reads));
    }

    [Fact]
    public void AgainstData_ThatFits_HasNoProblem() => Assert.Empty(SpecRules.AgainstData(new RunSpec(), 784, 10, 128, 1, 1));

    [Fact]
    public void AgainstData_ThatDoesNotFit_ReportsEverything()
    {
        var spec = new RunSpec { Evaluation = new() { ValidationAttackRows = 11, TestAttackRows = 6 } };

        var problems = SpecRules.AgainstData(spec, 784, 7, 127, 10, 5);

        Assert.Equal(
            [
                "error: network.layers[2].units: the last layer has 10 units; glyphs has 7 classes, and each wants one unit",
                "error: batch.size: 128 rows are wanted; there are 127 training rows",
                "error: evaluation.validationAttackRows: 11 rows are wanted; there are 10 validation rows",
                "error: evaluation.testAttackRows: 6 rows are wanted; there are 5 test rows",
            ],
            problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("apgdDlr", 2, "apgd-dlr compares the scores of 3 classes; there are 2: choose apgd-ce or pgd")]
    [InlineData("apgdDlr", 3, null)]
    [InlineData("apgdTargeted", 3, "apgd-targeted compares the scores of 4 classes; there are 3: choose apgd-ce or pgd")]
    [InlineData("apgdTargeted", 4, null)]
    [InlineData("apgdCe", 2, null)]
    public void AgainstData_ClassesOfAnAttack_AreEnoughOrAnError(string method, int classes, string? message)
    {
        var spec = Clean(Layers($"dense {classes}") + $"\nevaluation: {{ testAttack: {{ method: {method}, steps: 50 }} }}");

        var problem = SpecRules.AgainstData(spec, 784, classes, 128, 1, 1).SingleOrDefault();
        Assert.Equal((message is null ? null : "evaluation.testAttack.method", message), (problem?.Path, problem?.Message));
        Assert.Equal(message, SpecRules.AttackAgainstData(spec.Evaluation.TestAttack, classes)?.Message);
    }

    [Fact]
    public void AgainstData_LayerBeyondMemory_IsAnError()
    {
        var spec = Clean(Layers("dense 65536, relu, dense 10"));

        Assert.Empty(SpecRules.AgainstData(spec, 784, 10, 128, 1, 1));
        Assert.Equal("network.layers[0].units", Assert.Single(SpecRules.AgainstData(spec, 65_536, 10, 128, 1, 1)).Path);
    }

    [Theory]
    [InlineData("conv2d, channels: 8, kernel: 29", "network.layers[0]: conv2d has a kernel of 29 x 29, larger than the map of 28 x 28 it reads; allowed here: 1 to 28")]
    [InlineData("conv2d, channels: 8, kernel: 27 }, { type: maxPool, size: 3", "network.layers[1]: maxPool has blocks of 3 x 3, larger than the map of 2 x 2 it reads; allowed here: 1 to 2")]
    public void AgainstData_WindowLargerThanItsMap_IsAnError(string layers, string problem)
    {
        var spec = Clean($"network: {{ layers: [{{ type: {layers} }}, {{ type: flatten }}, {{ type: dense, units: 10 }}] }}");

        Assert.Equal("error: " + problem, Assert.Single(SpecRules.AgainstData(spec, new MapShape(1, 28, 28), 10, 128, 1, 1)).ToString());
        Assert.Empty(SpecRules.AgainstData(spec, new MapShape(1, 40, 40), 10, 128, 1, 1));
    }

    [Theory]
    [InlineData("conv2d, channels: 8 }, { type: relu", "network.layers[2]", "dense reads features")]
    [InlineData("dense, units: 8 }, { type: conv2d, channels: 8 }, { type: flatten", "network.layers[1]", "conv2d reads maps")]
    [InlineData("conv2d, channels: 8 }, { type: flatten }, { type: dropout, rate: 0.5", "network.layers[2]", "dropout stands before flatten")]
    public void Layers_OfMapsInWrongOrder_AreAnError(string layers, string path, string message)
    {
        var problem = OnlyError($"network: {{ layers: [{{ type: {layers} }}, {{ type: dense, units: 10 }}] }}");

        Assert.Equal(path, problem.Path);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 3, 2)]
    [InlineData(0.29, 100, 29)]
    [InlineData(1, 32, 32)]
    [InlineData(0, 32, 0)]
    public void AttackedRows_OfAShard_AreRoundedToTheNearest(double fraction, int rows, int attacked) =>
        Assert.Equal(attacked, new AdversarialSpec { Fraction = fraction }.AttackedRows(rows));

    [Theory]
    [InlineData(AttackNorm.Linf, 0.5, true)]
    [InlineData(AttackNorm.Linf, 0.499, false)]
    [InlineData(AttackNorm.L2, 3, false)]
    public void AgainstData_BallThatHoldsTheGreyPicture_IsAWarningOnPicturesAlone(AttackNorm norm, double epsilon, bool warns)
    {
        var spec = new RunSpec { Evaluation = new EvaluationSpec { TestAttack = new ApgdCeAttack { Norm = norm, Epsilon = epsilon } } };

        Assert.Empty(SpecRules.AgainstData(spec, 784, 10, 128, 1, 1));
        var problems = SpecRules.AgainstData(spec with { Network = new NetworkSpec { Layers = [new FlattenLayer(), new DenseLayer { Units = 10 }] } }, new MapShape(1, 28, 28), 10, 128, 1, 1);
        Assert.Equal(warns ? ["evaluation.testAttack.epsilon"] : [], problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.Equal(SpecSeverity.Warning, problem.Severity));
    }
}
