using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// Softmax cross-entropy with label smoothing (Szegedy et al. 2016, section 7): target_j = (1 - s) [j = label] + s / C,
/// loss = log sum_j exp(z_j) - sum_j target_j z_j.
/// </summary>
/// <remarks>
/// A row of ten classes fills no vector, so exponentials are taken over many rows at once. Sums run over a row's classes
/// in ascending order: bits depend neither on the vector width nor on the rows beside.
/// </remarks>
public static class SoftmaxCrossEntropy
{
    /// <summary>Labels are bytes.</summary>
    public const int MaxClasses = byte.MaxValue + 1;

    // Floats of the rows taken at once: 4 KB of stack, and some hundred vectors for a pass to be worth its start.
    private const int BlockFloats = 4 * MaxClasses;

    /// <summary>Loss of each row. Logits [batch, classes], labels [batch], losses [batch].</summary>
    public static void Forward(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, float smoothing, Span<float> losses)
    {
        Span<float> logarithms = stackalloc float[BlockFloats];
        Span<float> powers = stackalloc float[BlockFloats];
        var block = RowsOfABlock(classes);
        for (var first = 0; first < labels.Length; first += block)
        {
            var rows = Math.Min(block, labels.Length - first);
            var floats = rows * classes;
            LogSoftmax(
                logits.Slice(first * classes, floats), labels.Slice(first, rows), smoothing, losses.Slice(first, rows),
                logarithms[..floats], powers[..floats]);
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
        Span<float> logarithms = stackalloc float[BlockFloats];
        var off = smoothing / classes;
        var on = 1f - smoothing + off;
        var block = RowsOfABlock(classes);
        for (var first = 0; first < labels.Length; first += block)
        {
            var rows = Math.Min(block, labels.Length - first);
            var logs = logarithms[..(rows * classes)];
            var dz = gradient.Slice(first * classes, logs.Length);
            LogSoftmax(
                logits.Slice(first * classes, logs.Length), labels.Slice(first, rows), smoothing,
                losses.Slice(first, rows), logs, dz);
            VectorOps.Exp(logs, dz);
            for (var row = 0; row < rows; row++)
            {
                var ofRow = dz.Slice(row * classes, classes);
                var label = labels[first + row];
                var onLabel = (ofRow[label] - on) * scale;
                foreach (ref var element in ofRow) element = (element - off) * scale;
                ofRow[label] = onLabel;
            }
        }
    }

    /// <summary>log softmax(z)_j = z_j - log sum exp(z), [classes].</summary>
    public static void LogSoftmax(ReadOnlySpan<float> z, Span<float> logProbabilities)
    {
        var shifted = logProbabilities[..z.Length];
        Shift(z, shifted);
        var sum = 0f;
        foreach (var score in shifted) sum += FixedMath.Exp(score);
        var logSum = FixedMath.Log(sum);
        foreach (ref var score in shifted) score -= logSum;
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

    // The same for some rows, with their losses. All but the labels and losses are [rows, classes]; powers are scratch and
    // may be the memory of the logits.
    private static void LogSoftmax(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, float smoothing, Span<float> losses,
        Span<float> logarithms, Span<float> powers)
    {
        var classes = logits.Length / labels.Length;
        for (var start = 0; start < logits.Length; start += classes)
            Shift(logits.Slice(start, classes), logarithms.Slice(start, classes));
        VectorOps.Exp(logarithms, powers);
        for (var row = 0; row < labels.Length; row++)
        {
            var shifted = logarithms.Slice(row * classes, classes);
            var sum = 0f;
            foreach (var power in powers.Slice(row * classes, classes)) sum += power;
            var logSum = FixedMath.Log(sum);
            losses[row] = RowLoss(shifted, logSum, labels[row], smoothing);
            foreach (ref var score in shifted) score -= logSum;
        }
    }

    private static float RowLoss(ReadOnlySpan<float> shifted, float logSum, int label, float smoothing)
    {
        var onLabel = logSum - shifted[label];
        if (smoothing == 0) return onLabel;
        var everywhere = 0f;
        foreach (var score in shifted) everywhere += logSum - score;
        return ((1f - smoothing) * onLabel) + (smoothing / shifted.Length * everywhere);
    }

    // Shifting by the maximum keeps every exponent at or below 0, so that nothing overflows. NaN anywhere is the maximum.
    // Which of two zeros is, shows nowhere: e to either is 1.
    private static void Shift(ReadOnlySpan<float> z, Span<float> shifted)
    {
        var max = z[0];
        foreach (var score in z) max = MathF.Max(max, score);
        for (var j = 0; j < z.Length; j++) shifted[j] = z[j] - max;
    }

    private static int RowsOfABlock(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MaxClasses);
        return BlockFloats / classes;
    }
}
