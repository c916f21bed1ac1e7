using System.Globalization;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Every step of every rule against another implementation.</summary>
public sealed class OptimizerGoldenTests
{
    public static TheoryData<string> Rules => ["sgd", "sgd_l2", "momentum_l2", "nesterov", "adam", "adam_l2", "adamw"];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Optimizer_GoldenTrajectory_AgreesAtEveryStep(string name)
    {
        var file = GoldenTensors.Open("optimizers");
        var (rule, settings) = Settings(file, name);
        var weights = file.Float32("w0").ToArray();
        var moments = Enumerable.Range(0, 2).Select(i => new float[i < rule.Moments ? weights.Length : 0]).ToArray();
        var steps = file.Shape(name)[0];
        for (var step = 0; step < steps; step++)
        {
            var gradient = file.Float32("gradients").Slice(step * weights.Length, weights.Length);
            rule.Apply(
                settings with { Step = step + 1 }, penalized: true, weights, gradient, moments[0], moments[1], weights);
            Agreement.ShouldAgree(weights, file.Float32(name).Slice(step * weights.Length, weights.Length));
        }

        Assert.True(steps >= 12);
    }

    private static (OptimizerRule Rule, UpdateFactors Settings) Settings(SafetensorsFile file, string name)
    {
        double Number(string key) => double.Parse(file.Metadata[key], CultureInfo.InvariantCulture);
        var betas = file.Metadata["betas"].Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        OptimizerRule rule = name.Split('_')[0] switch
        {
            "sgd" => new SgdRule(),
            "momentum" => new MomentumRule { Momentum = Number("momentum") },
            "nesterov" => new NesterovRule { Momentum = Number("momentum") },
            _ => new AdamRule { Beta1 = betas[0], Beta2 = betas[1], Epsilon = Number("adam_eps") },
        };
        return (rule, new UpdateFactors(
            1f,
            Number(rule is AdamRule ? "lr_adam" : "lr_sgd"),
            L2: name.EndsWith("_l2", StringComparison.Ordinal) ? Number("l2_lambda") : 0,
            WeightDecay: name == "adamw" ? Number("adamw_decay") : 0));
    }
}
