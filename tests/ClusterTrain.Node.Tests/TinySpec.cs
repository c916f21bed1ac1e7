namespace ClusterTrain.Node.Tests;

/// <summary>A spec that trains in a blink and still has all that can go wrong: dropout, PGD, moments, checkpoints.</summary>
internal static class TinySpec
{
    public const int StepsPerEpoch = 10;

    public const int Steps = 2 * StepsPerEpoch;

    public const string Text = """
        name: tiny
        epochs: 2
        data: { name: glyphs, train: 400, validation: 100, test: 100 }
        network:
          layers:
            - { type: dense, units: 16 }
            - { type: relu }
            - { type: dropout, rate: 0.2 }
            - { type: dense, units: 10 }
        batch: { size: 40, shards: 8 }
        optimizer: { type: adam, learningRate: 0.01 }
        adversarial:
          attack: { method: pgd, epsilon: 0.01, stepSize: 0.01, steps: 2 }
        evaluation:
          validationAttack: { method: pgd, epsilon: 0.01, stepSize: 0.01, steps: 2 }
          testAttack: { method: pgd, epsilon: 0.01, stepSize: 0.01, steps: 2 }
        checkpoints: { everySteps: 4, keep: 3 }

        """;

    /// <summary>
    /// A residual network with batch normalization whose blocks drop channels, augmentation, MART, weight perturbation, a mean
    /// of the weights that is the model, weights of classes, rates of layers and masks from a pool at once, as
    /// arguments.
    /// </summary>
    public static readonly string[] Everything =
    [
        "--set", "network.layers=[{ type: normalize, mean: [0.2], deviation: [0.4] }, "
            + "{ type: conv2d, channels: 6, kernel: 5, stride: 3, bias: false, init: he }, { type: residual, main: [{ type: batchNorm }, "
            + "{ type: relu }, { type: conv2d, channels: 5, padding: same, bias: false }, { type: batchNorm }, { type: relu }, "
            + "{ type: dropout, rate: 0.3 }, { type: conv2d, channels: 6, padding: same, bias: false }] }, { type: batchNorm }, { type: relu }, "
            + "{ type: residual, main: [{ type: conv2d, channels: 8, padding: same, stride: 2 }, { type: batchNorm }, { type: silu }, "
            + "{ type: dropout, rate: 0.2 }, { type: conv2d, channels: 8, padding: same }], "
            + "shortcut: [{ type: conv2d, channels: 8, kernel: 1, stride: 2 }] }, { type: maxPool }, { type: flatten }, "
            + "{ type: dense, units: 16 }, { type: batchNorm }, { type: tanh }, { type: dense, units: 10 }]",
        "--set", "augmentation={ rotation: 15, shift: 1, brightness: 0.2, cutout: 6 }",
        "--set", "adversarial.objective=mart", "--set", "adversarial.awpGamma=0.01",
        "--set", "average={ type: ema, decay: 0.9 }", "--set", "data.balance=weights", "--set", "optimizer.layerRates=[1, 0.5]",
        "--set", "regularization={ dropoutMasks: pool, maskPool: 4, labelSmoothing: 0.1, inputNoise: 0.05 }",
    ];

    /// <summary>The same with batches made one version ahead.</summary>
    public static readonly string[] EverythingAhead = [.. Everything, "--set", "adversarial.generation=pipelined"];

    /// <summary>Ways of training whose state is more than weights: each has something of its own to restore.</summary>
    public static readonly TheoryData<string[]> Variants = new(
        [],
        ["--set", "adversarial.generation=pipelined"],
        ["--set", "optimizer.type=nesterov"],
        ["--set", "earlyStopping.metric=robustAccuracy", "--set", "checkpoints.everySteps=0", "--set", "checkpoints.keep=1"],
        Everything);

    /// <summary>The spec with one piece of its text replaced.</summary>
    public static string With(string piece, string other)
    {
        Assert.Contains(piece, Text, StringComparison.Ordinal);
        return Text.Replace(piece, other, StringComparison.Ordinal);
    }

    /// <summary>The spec on another data set, for the folders of <c>IdxFiles.WriteFolder</c>.</summary>
    public static string OnFolder(string name) => With(
            "{ name: glyphs, train: 400, validation: 100, test: 100 }", $"{{ name: {name}, train: 40, validation: 20 }}")
        .Replace("units: 10", "units: 3", StringComparison.Ordinal);
}
