using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The loss and its gradient a row and a class at a time, in float32: the definition of their bits.</summary>
internal static class NaiveSoftmaxCrossEntropy
{
    /// <summary>Logits and gradient [batch, classes], losses [batch].</summary>
    public static (float[] Losses, float[] Gradient) Run(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, float smoothing, float scale)
    {
        var (losses, gradient) = (new float[labels.Length], new float[logits.Length]);
        var off = smoothing / classes;
        var on = 1f - smoothing + off;
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var (max, logSum) = Shifted(z);
            losses[row] = RowLoss(z, labels[row], smoothing, max, logSum);
            for (var j = 0; j < classes; j++)
            {
                gradient[(row * classes) + j] =
                    (FixedMath.Exp(z[j] - max - logSum) - (j == labels[row] ? on : off)) * scale;
            }
        }

        return (losses, gradient);
    }

    public static float[] LogSoftmax(ReadOnlySpan<float> z)
    {
        var result = new float[z.Length];
        var (max, logSum) = Shifted(z);
        for (var j = 0; j < z.Length; j++) result[j] = z[j] - max - logSum;
        return result;
    }

    private static float RowLoss(ReadOnlySpan<float> z, int label, float smoothing, float max, float logSum)
    {
        var onLabel = logSum - (z[label] - max);
        if (smoothing == 0) return onLabel;
        var everywhere = 0f;
        foreach (var score in z) everywhere += logSum - (score - max);
        return ((1f - smoothing) * onLabel) + (smoothing / z.Length * everywhere);
    }

    private static (float Max, float LogSum) Shifted(ReadOnlySpan<float> z)
    {
        var max = z[0];
        foreach (var score in z)
            if (score > max || float.IsNaN(score))
                max = score;
        var sum = 0f;
        foreach (var score in z) sum += FixedMath.Exp(score - max);
        return (max, FixedMath.Log(sum));
    }
}
