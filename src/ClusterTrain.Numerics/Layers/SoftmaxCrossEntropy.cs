using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Layers;

/// <summary>
/// Softmax cross-entropy with label smoothing (Szegedy et al. 2016, section 7): target_j = (1 - s) [j = label] + s / C,
/// loss = log sum_j exp(z_j) - sum_j target_j z_j.
/// </summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Loss of each row. Logits [batch, classes], labels [batch], losses [batch].</summary>
    public static void Forward(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, float smoothing, Span<float> losses)
    {
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            losses[row] = RowLoss(z, labels[row], smoothing, Shifted(z));
        }
    }

    /// <summary>
    /// Loss of each row, and its gradient by the logits times <paramref name="scale"/>: (softmax(z) - target) * scale.
    /// Logits and gradient [batch, classes] (may be the same memory), labels and losses [batch].
    /// </summary>
    public static void ForwardBackward(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, float smoothing, float scale,
        Span<float> losses, Span<float> gradient)
    {
        var off = smoothing / classes;
        var on = 1f - smoothing + off;
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var dz = gradient.Slice(row * classes, classes);
            var (max, logSum) = Shifted(z);
            losses[row] = RowLoss(z, labels[row], smoothing, (max, logSum));
            for (var j = 0; j < classes; j++)
                dz[j] = (FixedMath.Exp(z[j] - max - logSum) - (j == labels[row] ? on : off)) * scale;
        }
    }

    /// <summary>log softmax(z)_j = z_j - log sum exp(z), [classes].</summary>
    public static void LogSoftmax(ReadOnlySpan<float> z, Span<float> logProbabilities)
    {
        var (max, logSum) = Shifted(z);
        for (var j = 0; j < z.Length; j++) logProbabilities[j] = z[j] - max - logSum;
    }

    /// <summary>Index of the largest score, the first of equals: the predicted class.</summary>
    public static int Predict(ReadOnlySpan<float> z)
    {
        var best = 0;
        for (var j = 1; j < z.Length; j++)
            if (z[j] > z[best])
                best = j;
        return best;
    }

    private static float RowLoss(ReadOnlySpan<float> z, int label, float smoothing, (float Max, float LogSum) shifted)
    {
        var onLabel = shifted.LogSum - (z[label] - shifted.Max);
        if (smoothing == 0) return onLabel;
        var everywhere = 0f;
        foreach (var score in z) everywhere += shifted.LogSum - (score - shifted.Max);
        return ((1f - smoothing) * onLabel) + (smoothing / z.Length * everywhere);
    }

    // Shifting by the maximum keeps every exponent at or below 0, so that nothing overflows.
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
