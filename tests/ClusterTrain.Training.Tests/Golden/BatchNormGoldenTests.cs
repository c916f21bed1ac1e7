using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Batch normalization against another implementation: outputs, gradients, statistics, inference.</summary>
public sealed class BatchNormGoldenTests
{
    private static readonly SafetensorsFile File = GoldenTensors.Open("batchnorm");
    private static readonly int Units = File.Shape("x")[1];

    [Fact]
    public void Forward_GoldenBatch_AgreesInTraining()
    {
        var y = new float[File.Float32("x").Length];
        Bound(out _).Forward(File.Float32("x"), y, area: 1, isTraining: true);

        Agreement.ShouldAgree(y, File.Float32("y"));
    }

    [Fact]
    public void Backward_GoldenBatch_AgreesInEveryGradientAndStatistic()
    {
        var (norm, x) = (Bound(out var parameters), File.Float32("x").ToArray());
        var (y, dx, gradient) = (new float[x.Length], new float[x.Length], new float[4 * Units]);
        norm.Forward(x, y, area: 1, isTraining: true);
        norm.Backward(x, File.Float32("upstream"), gradient, dx, area: 1);

        Agreement.ShouldAgree(dx, File.Float32("grad.x"));
        Agreement.ShouldAgree(Row(gradient, ElementStage.Gamma), File.Float32("grad.gamma"));
        Agreement.ShouldAgree(gradient.AsSpan(3 * Units), File.Float32("grad.beta"));
        Agreement.ShouldAgree(Committed(parameters, gradient, ElementStage.RunningMean), File.Float32("running_mean"));
        Agreement.ShouldAgree(Committed(parameters, gradient, ElementStage.RunningVariance), File.Float32("running_var"));
    }

    [Fact]
    public void Forward_GoldenStatistics_AgreesAtInference()
    {
        Bound(out var parameters);
        File.Float32("running_mean").CopyTo(Row(parameters, ElementStage.RunningMean));
        File.Float32("running_var").CopyTo(Row(parameters, ElementStage.RunningVariance));
        var y = new float[File.Float32("x").Length];
        Bind(parameters).Forward(File.Float32("x"), y, area: 1, isTraining: false);

        Agreement.ShouldAgree(y, File.Float32("y_inference"));
    }

    [Fact]
    public void Forward_GammaOfTheDeviationAndBetaOfTheMean_IsTheIdentityAtInference()
    {
        Bound(out var parameters);
        for (var unit = 0; unit < Units; unit++)
        {
            var (mean, variance) = (unit - 2.5f, 0.5f + unit);
            (Row(parameters, ElementStage.RunningMean)[unit], Row(parameters, ElementStage.RunningVariance)[unit]) = (mean, variance);
            Row(parameters, ElementStage.Gamma)[unit] = (float)Math.Sqrt(variance + 1e-5);
            parameters[(3 * Units) + unit] = mean;
        }

        var y = new float[File.Float32("x").Length];
        Bind(parameters).Forward(File.Float32("x"), y, area: 1, isTraining: false);

        Agreement.ShouldAgree(y, File.Float32("x"), 1e-6);
    }

    // The commit's rule for one shard, at the file's momentum, from mean 0 and variance 1.
    private static float[] Committed(float[] parameters, float[] gradient, int row)
    {
        var momentum = float.Parse(File.Metadata["momentum"], System.Globalization.CultureInfo.InvariantCulture);
        return [.. Row(parameters, row).ToArray().Zip(
            Row(gradient, row).ToArray(), (running, shard) => running + (momentum * (shard - running)))];
    }

    private static BatchNormalization Bound(out float[] parameters)
    {
        parameters =
        [
            .. File.Float32("gamma"), .. new float[Units], .. Enumerable.Repeat(1f, Units), .. File.Float32("beta"),
        ];
        return Bind(parameters);
    }

    private static BatchNormalization Bind(float[] parameters)
    {
        var network = Network.Build(
            Units, [new DenseLayer { Units = Units }, new BatchNormLayer(), new DenseLayer { Units = 2 }]);
        var stage = network.Stages.OfType<ElementStage>().Single();
        var full = new float[network.ParameterCount];
        parameters.CopyTo(full.AsSpan(stage.Weight.Offset));
        var norm = new BatchNormalization(stage);
        norm.Bind(full, new ReplicaMask(network).Fill()[stage.Output]);
        return norm;
    }

    private static Span<float> Row(float[] values, int row) => values.AsSpan(row * Units, Units);
}
