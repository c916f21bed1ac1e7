using System.Globalization;
using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Weight perturbation, MART, CutMix and means of weights against another implementation.</summary>
public sealed class TrainingGoldenTests
{
    [Fact]
    public void WeightPerturbation_GoldenNetwork_AgreesInWeightsAndGradient()
    {
        var golden = new GoldenNetwork(Open("awp"));
        var (network, mask) = (golden.Network, new ReplicaMask(golden.Network).Fill());
        var gradient = new float[network.ParameterCount];
        var replica = golden.Bind(VectorWidths.Supported[0], mask);
        var (losses, predictions) = (new float[golden.Labels.Length], new byte[golden.Labels.Length]);
        replica.Gradient(golden.File.Float32("x"), golden.Labels, 0, gradient, losses, predictions);
        var perturbed = new WeightPerturbation(network, Number(golden.File, "gamma")).Of(golden.Parameters, mask, gradient);
        foreach (var tensor in network.Tensors)
            Agreement.ShouldAgree(perturbed.Span.Slice(tensor.Offset, tensor.Length), golden.File.Float32("perturbed." + Named(golden.File, tensor.Name)));

        replica.Bind(perturbed, mask);
        replica.Gradient(golden.File.Float32("x"), golden.Labels, 0, gradient, losses, predictions);
        golden.ShouldAgree(gradient);
    }

    [Fact]
    public void Mart_GoldenLosses_AgreesInBothHalves()
    {
        var file = Open("losses");
        var (labels, classes) = (Labels(file, "y"), file.Shape("clean")[1]);
        var (losses, gradient) = (new float[labels.Length], new float[2 * labels.Length * classes]);
        float[] both = [.. file.Float32("clean"), .. file.Float32("adversarial")];
        new MartLoss((float)Number(file, "weight"), 0).Evaluate(both, labels, classes, losses, gradient);

        Agreement.ShouldAgree(losses, file.Float32("mart"));
        Agreement.ShouldAgree(gradient.AsSpan(0, gradient.Length / 2), file.Float32("grad_mart_clean"));
        Agreement.ShouldAgree(gradient.AsSpan(gradient.Length / 2), file.Float32("grad_mart_adversarial"));
    }

    [Fact]
    public void CutMix_GoldenLosses_Agrees()
    {
        var file = Open("losses");
        var (labels, classes) = (Labels(file, "y"), file.Shape("clean")[1]);
        var (losses, gradient) = (new float[labels.Length], new float[labels.Length * classes]);
        ITrainingLoss loss = new CutMixLoss((float)Number(file, "smoothing")) { Partners = Labels(file, "partner"), Own = file.Float32("own").ToArray() };
        loss.Evaluate(file.Float32("adversarial"), labels, classes, losses, gradient);

        Agreement.ShouldAgree(losses, file.Float32("cutmix"));
        Agreement.ShouldAgree(gradient, file.Float32("grad_cutmix"));
    }

    [Fact]
    public void Averages_GoldenWeights_AgreeAfterEveryStep()
    {
        var file = Open("averages");
        var (steps, perEpoch, length) = ((int)Number(file, "steps"), (int)Number(file, "per_epoch"), file.Shape("weights")[1]);
        float[] Row(string name, int row) => file.Float32(name).Slice(row * length, length).ToArray();
        var (ema, swa) = (Row("weights", 0), Row("weights", 0));
        for (var step = 0; step < steps; step++)
        {
            var weights = Row("weights", step + 1);
            WeightAverage.Move(new EmaAverage { Decay = Number(file, "decay") }.Share(step, steps, perEpoch), weights, ema);
            WeightAverage.Move(new SwaAverage { LastShare = Number(file, "share") }.Share(step, steps, perEpoch), weights, swa);
            Agreement.ShouldAgree(ema, Row("ema", step));
            if (step < steps / 2) Assert.Equal(weights, swa);
        }

        Agreement.ShouldAgree(swa, file.Float32("swa"));
    }

    private static string Named(SafetensorsFile file, string tensor)
    {
        // The network numbers layers as they stand in it, as the file does.
        Assert.True(file.Contains("perturbed." + tensor), tensor);
        return tensor;
    }

    private static byte[] Labels(SafetensorsFile file, string name) => [.. file.Int64(name).ToArray().Select(label => (byte)label)];

    private static double Number(SafetensorsFile file, string key) => double.Parse(file.Metadata[key], CultureInfo.InvariantCulture);

    private static SafetensorsFile Open(string name) => SafetensorsFile.Read(Path.Combine(SpecText.Root(), "tests", "golden", $"training_{name}.safetensors"));
}
