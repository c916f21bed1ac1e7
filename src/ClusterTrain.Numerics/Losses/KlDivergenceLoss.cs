using ClusterTrain.Numerics.Elementwise;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// How far class scores z moved from those of the clean rows: KL(softmax(clean) || softmax(z)) = sum_j p_j (log p_j -
/// log q_j), with gradient q - p by z: what the attacker of TRADES climbs (Zhang et al. 2019, eq. 3 and algorithm 1).
/// </summary>
/// <remarks>At the clean row itself the gradient is 0. Grows its memory with the largest batch; one per thread.</remarks>
public sealed class KlDivergenceLoss : IDriftLoss
{
    private float[] _logClean = [];
    private float[] _clean = [];
    private float[] _logMoved = [];

    public void TakeClean(ReadOnlySpan<float> clean, int classes)
    {
        if (_clean.Length < clean.Length) (_clean, _logClean) = (new float[clean.Length], new float[clean.Length]);
        for (var at = 0; at < clean.Length; at += classes)
            SoftmaxCrossEntropy.LogSoftmax(clean.Slice(at, classes), _logClean.AsSpan(at, classes));
        VectorOps.Exp(_logClean.AsSpan(0, clean.Length), _clean.AsSpan(0, clean.Length));
    }

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        if (_logMoved.Length < logits.Length) _logMoved = new float[logits.Length];
        var moved = _logMoved.AsSpan(0, logits.Length);
        for (var row = 0; row < losses.Length; row++)
        {
            var at = row * classes;
            SoftmaxCrossEntropy.LogSoftmax(logits.Slice(at, classes), moved.Slice(at, classes));
            var sum = 0f;
            for (var j = at; j < at + classes; j++) sum += _clean[j] * (_logClean[j] - moved[j]);
            losses[row] = sum;
        }

        if (gradient.IsEmpty) return;
        VectorOps.Exp(moved, gradient);
        for (var j = 0; j < logits.Length; j++) gradient[j] -= _clean[j];
    }

    /// <summary>
    /// Adds the derivative of the last call's summed losses by the clean scores, p_j (log p_j - log q_j - KL), times a weight.
    /// </summary>
    /// <param name="weight">Factor.</param>
    /// <param name="losses">The last call's losses, [batch].</param>
    /// <param name="classes">Scores a row.</param>
    /// <param name="gradient">[batch, classes], added to.</param>
    public void AddCleanGradient(float weight, ReadOnlySpan<float> losses, int classes, Span<float> gradient)
    {
        for (var row = 0; row < losses.Length; row++)
            for (var j = row * classes; j < (row + 1) * classes; j++)
                gradient[j] += weight * (_clean[j] * (_logClean[j] - _logMoved[j] - losses[row]));
    }
}
