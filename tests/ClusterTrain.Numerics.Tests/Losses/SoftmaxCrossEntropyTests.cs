using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Losses;

public sealed class SoftmaxCrossEntropyTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.2f)]
    public void ForwardBackward_RandomLogits_EqualsTheDefinition(float smoothing)
    {
        var random = new Random(401);
        for (var i = 0; i < 50; i++)
        {
            var classes = 2 + random.Next(12);
            var logits = Sample.Values(random, 5 * classes, -8, 8);
            byte[] labels = [.. Enumerable.Range(0, 5).Select(_ => (byte)random.Next(classes))];
            var (losses, gradient) = Run(logits, labels, smoothing, 0.25f);
            var (expectedLosses, expected) = Naive(logits, labels, smoothing, 0.25);

            Close.AssertEqual(expectedLosses, losses, 1e-5, "losses");
            Close.AssertEqual(expected, gradient, 1e-5, "gradient");

            var alone = new float[5];
            SoftmaxCrossEntropy.Forward(logits, labels, classes, smoothing, alone);
            Bits.AssertEqual(losses, alone, "losses without a gradient");
            SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, smoothing, 0.25f, alone, logits);
            Bits.AssertEqual(gradient, logits, "gradient in the memory of the logits");
        }
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.2f)]
    public void Gradient_Smoothed_IsSoftmaxMinusTargetsThatSumToOne(float smoothing)
    {
        // Equal logits: softmax is 1/4 everywhere, so the gradient shows the targets.
        var (_, gradient) = Run([3, 3, 3, 3], [2], smoothing, 1);
        var targets = gradient.Select(value => 0.25 - value).ToArray();

        Assert.Equal(1, targets.Sum(), 1e-6);
        Assert.Equal(1 - smoothing + (smoothing / 4), targets[2], 1e-6);
        Assert.All((int[])[0, 1, 3], j => Assert.Equal(smoothing / 4, targets[j], 1e-6));
    }

    [Fact]
    public void Loss_HugeLogits_IsFiniteAndExact()
    {
        var (losses, gradient) = Run([1e4f, -1e4f, 0, 1e4f, -1e4f, 0, 1e4f, -1e4f, 0], [0, 1, 2], 0, 1);

        Assert.Equal([0f, 2e4f, 1e4f], losses);
        Assert.Equal([0f, 0, 0, 1, -1, 0, 1, 0, -1], gradient);
    }

    [Fact]
    public void LogSoftmax_HugeLogits_IsFiniteAndExact()
    {
        var log = new float[3];
        SoftmaxCrossEntropy.LogSoftmax([1e4f, -1e4f, 0], log);

        Assert.Equal([0f, -2e4f, -1e4f], log);
    }

    [Fact]
    public void Loss_HugeLogitsSmoothed_IsFiniteAndExact()
    {
        var (losses, _) = Run([1e4f, -1e4f, 0], [0], 0.1f, 1);

        Assert.Equal(0.1 / 3 * 3e4, losses[0], 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Loss_NaNInAnyLogit_IsNaN(int position)
    {
        foreach (var smoothing in (float[])[0f, 0.1f])
        {
            float[] logits = [1, 2, 3, 4, 1, 2, 3, 4];
            logits[position] = float.NaN;
            var (losses, gradient) = Run(logits, [2, 2], smoothing, 1);

            Assert.True(float.IsNaN(losses[0]));
            Assert.All(gradient[..4], value => Assert.True(float.IsNaN(value)));
            Assert.True(float.IsFinite(losses[1]), "the other row has nothing to do with it");
        }
    }

    [Theory]
    [InlineData(new float[] { 1, 3, 2 }, 1)]
    [InlineData(new float[] { -5, -3, -3 }, 1)]
    [InlineData(new float[] { 7, 7, 7 }, 0)]
    [InlineData(new float[] { 1, 2, 9 }, 2)]
    public void Predict_Scores_IsTheFirstOfTheLargest(float[] scores, int expected) =>
        Assert.Equal(expected, SoftmaxCrossEntropy.Predict(scores));

    private static (float[] Losses, float[] Gradient) Run(float[] logits, byte[] labels, float smoothing, float scale)
    {
        var (losses, gradient) = (new float[labels.Length], new float[logits.Length]);
        SoftmaxCrossEntropy.ForwardBackward(
            logits, labels, logits.Length / labels.Length, smoothing, scale, losses, gradient);
        return (losses, gradient);
    }

    private static (double[] Losses, double[] Gradient) Naive(float[] logits, byte[] labels, double smoothing, double scale)
    {
        var classes = logits.Length / labels.Length;
        var (losses, gradient) = (new double[labels.Length], new double[logits.Length]);
        for (var i = 0; i < logits.Length; i++)
        {
            var row = i / classes;
            var sum = logits.Skip(row * classes).Take(classes).Sum(z => Math.Exp(z));
            var target = (i % classes == labels[row] ? 1 - smoothing : 0) + (smoothing / classes);
            losses[row] -= target * (logits[i] - Math.Log(sum));
            gradient[i] = scale * ((Math.Exp(logits[i]) / sum) - target);
        }

        return (losses, gradient);
    }
}
