using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Losses;

/// <summary>The promise that taking many rows at once changes no bit.</summary>
public sealed class SoftmaxBitsTests
{
    private static readonly float[] Extremes =
    [
        0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue,
        -float.MaxValue, 1e4f, -1e4f, -90f, -104f, 88.7f, 1e-38f,
    ];

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void ForwardBackward_AnyBatchAndClasses_SameBitsAsNaive(float smoothing)
    {
        var random = new Random(411);
        for (var i = 0; i < 200; i++)
        {
            var classes = i == 0 ? SoftmaxCrossEntropy.MaxClasses : 1 + random.Next(random.Next(4) == 0 ? 256 : 12);
            var batch = random.Next(150);
            var spread = MathF.Pow(10f, random.Next(-2, 4));
            AssertSameBits(random, Sample.Values(random, batch * classes, -spread, spread), classes, smoothing);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.2f)]
    public void ForwardBackward_Extremes_SameBitsAsNaive(float smoothing)
    {
        var random = new Random(413);
        for (var i = 0; i < 300; i++)
        {
            // Up to some kind of extreme, so that NaN and infinities leave rows without them, and zeros meet zeros.
            var (classes, kinds) = (1 + random.Next(6), 1 + random.Next(Extremes.Length));
            var logits = Sample.Values(random, 40 * classes, -8, 8);
            foreach (ref var score in logits.AsSpan())
                if (random.Next(3) > 0)
                    score = Extremes[random.Next(kinds)];
            AssertSameBits(random, logits, classes, smoothing);
        }
    }

    [Fact]
    public void ForwardBackward_ZerosOfBothSigns_SameBitsAsNaive()
    {
        var random = new Random(415);
        foreach (var row in (float[][])[[0f, -0f], [-0f, 0f], [-0f, -200f], [0f, -200f], [-0f, -200f, 0f], [-0f]])
            AssertSameBits(random, row, row.Length, 0.1f);
    }

    [Fact]
    public void ForwardBackward_Batch_AllocatesNothing()
    {
        var (logits, labels, losses, gradient) = (new float[640], new byte[64], new float[64], new float[640]);

        Assert.Equal(0, Allocations.Of(() =>
        {
            SoftmaxCrossEntropy.Forward(logits, labels, 10, 0.1f, losses);
            SoftmaxCrossEntropy.ForwardBackward(logits, labels, 10, 0.1f, 1f, losses, gradient);
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Forward_ClassesNoLabelCanName_Refused(int classes) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SoftmaxCrossEntropy.Forward(new float[classes], [0], classes, 0f, new float[1]));

    private static void AssertSameBits(Random random, float[] logits, int classes, float smoothing)
    {
        byte[] labels = [.. Enumerable.Range(0, logits.Length / classes).Select(_ => (byte)random.Next(classes))];
        var (losses, gradient) = NaiveSoftmaxCrossEntropy.Run(logits, labels, classes, smoothing, 0.3f);
        var (actualLosses, actual, alone) = (new float[labels.Length], new float[logits.Length], new float[labels.Length]);
        SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, smoothing, 0.3f, actualLosses, actual);
        SoftmaxCrossEntropy.Forward(logits, labels, classes, smoothing, alone);
        var what = $"[{labels.Length}, {classes}]";

        Bits.AssertEqual(losses, actualLosses, $"losses {what}");
        Bits.AssertEqual(losses, alone, $"losses without a gradient {what}");
        Bits.AssertEqual(gradient, actual, $"gradient {what}");
        for (var start = 0; start < logits.Length; start += classes)
        {
            var z = logits.AsSpan(start, classes);
            SoftmaxCrossEntropy.LogSoftmax(z, actual.AsSpan(start, classes));
            Bits.AssertEqual(NaiveSoftmaxCrossEntropy.LogSoftmax(z), actual.AsSpan(start, classes), $"logarithms {what}");
        }

        SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, smoothing, 0.3f, alone, logits);
        Bits.AssertEqual(gradient, logits, $"gradient in the memory of the logits {what}");
    }
}
