using System.Globalization;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Cross-entropy, smoothed and not, against another implementation.</summary>
public sealed class LossGoldenTests
{
    private const string Smoothed = "ce_smooth";

    [Fact]
    public void CrossEntropy_GoldenLosses_AgreesAtEverySmoothing()
    {
        var file = GoldenTensors.Open("losses");
        byte[] labels = [.. file.Int64("y").ToArray().Select(label => (byte)label)];
        var (batch, classes) = (file.Shape("logits")[0], file.Shape("logits")[1]);
        var cases = file.Tensors.Where(tensor => tensor.Name.StartsWith(Smoothed, StringComparison.Ordinal)).ToArray();
        foreach (var tensor in cases)
        {
            var amount = tensor.Name[Smoothed.Length..];
            var smoothing = float.Parse(amount, CultureInfo.InvariantCulture);
            var (losses, gradient) = (new float[batch], new float[batch * classes]);
            SoftmaxCrossEntropy.ForwardBackward(
                file.Float32("logits"), labels, classes, smoothing, 1f / batch, losses, gradient);

            Agreement.ShouldAgree([losses.Average()], file.Float32(tensor.Name));
            Agreement.ShouldAgree(gradient, file.Float32($"grad_smooth{amount}"));
        }

        Assert.True(cases.Length >= 2, "the file holds plain and smoothed losses");
    }

    [Fact]
    public void KlDivergence_GoldenTrades_Agrees()
    {
        var file = GoldenTensors.Open("losses");
        var (batch, classes) = (file.Shape("logits")[0], file.Shape("logits")[1]);
        var (losses, gradient) = (new float[batch], new float[batch * classes]);
        var loss = new KlDivergenceLoss();
        loss.TakeClean(file.Float32("clean_logits"), classes);
        loss.Evaluate(file.Float32("logits"), new byte[batch], classes, losses, gradient);

        Agreement.ShouldAgree([losses.Average()], file.Float32("trades_kl"));
        Agreement.ShouldAgree([.. gradient.Select(value => value / batch)], file.Float32("grad_trades_kl"));
    }

    [Fact]
    public void TradesLoss_GoldenTrades_AgreesInItsAdversarialHalf()
    {
        var file = GoldenTensors.Open("losses");
        byte[] labels = [.. file.Int64("y").ToArray().Select(label => (byte)label)];
        var (batch, classes) = (file.Shape("logits")[0], file.Shape("logits")[1]);
        var (losses, gradient) = (new float[batch], new float[2 * batch * classes]);
        float[] both = [.. file.Float32("clean_logits"), .. file.Float32("logits")];
        new TradesLoss(beta: 4, smoothing: 0).Evaluate(both, labels, classes, losses, gradient);

        Agreement.ShouldAgree(
            [.. gradient.Skip(batch * classes).Select(value => value / 4)], file.Float32("grad_trades_kl"));
    }

    [Fact]
    public void LogSoftmax_GoldenExtremeLogits_Agrees()
    {
        var file = GoldenTensors.Open("losses");
        var (rows, classes) = (file.Shape("extreme_logits")[0], file.Shape("extreme_logits")[1]);
        var actual = new float[rows * classes];
        for (var row = 0; row < rows; row++)
        {
            SoftmaxCrossEntropy.LogSoftmax(
                file.Float32("extreme_logits").Slice(row * classes, classes), actual.AsSpan(row * classes, classes));
        }

        // Each element by itself: 20,000 beside 0.3 would allow anything in the small one.
        Agreement.ShouldAgree(actual, file.Float32("extreme_log_softmax"), scale: 0);
    }
}
