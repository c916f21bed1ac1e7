using ClusterTrain.Numerics.Elementwise;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// TRADES (Zhang et al. 2019, eq. 5): CE(z, label) + beta KL(p || q) of each example, with p = softmax of the clean scores z
/// and q that of the adversarial ones. Derived by both: beta (q - p) by the adversarial scores; by the clean ones the
/// cross-entropy's gradient plus beta p_j (log p_j - log q_j - KL).
/// </summary>
/// <param name="beta">Weight of robustness, 0 or more; 1 to 10 is usual.</param>
/// <param name="smoothing">Label smoothing of the cross-entropy, 0 to below 1.</param>
public sealed class TradesLoss(float beta, float smoothing) : ITrainingLoss
{
    private float[] _logClean = [];
    private float[] _logMoved = [];
    private float[] _clean = [];
    private float[] _moved = [];

    public int Copies => 2;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        var (half, scale) = (labels.Length * classes, 1f / labels.Length);
        SoftmaxCrossEntropy.ForwardBackward(logits[..half], labels, classes, smoothing, scale, losses, gradient[..half]);
        Grow(half);
        for (var at = 0; at < half; at += classes)
        {
            SoftmaxCrossEntropy.LogSoftmax(logits.Slice(at, classes), _logClean.AsSpan(at, classes));
            SoftmaxCrossEntropy.LogSoftmax(logits.Slice(half + at, classes), _logMoved.AsSpan(at, classes));
        }

        VectorOps.Exp(_logClean.AsSpan(0, half), _clean.AsSpan(0, half));
        VectorOps.Exp(_logMoved.AsSpan(0, half), _moved.AsSpan(0, half));
        var weight = beta * scale;
        for (var row = 0; row < labels.Length; row++)
        {
            var (first, end) = (row * classes, (row + 1) * classes);
            var divergence = 0f;
            for (var j = first; j < end; j++) divergence += _clean[j] * (_logClean[j] - _logMoved[j]);
            losses[row] += beta * divergence;
            for (var j = first; j < end; j++)
            {
                gradient[j] += weight * (_clean[j] * (_logClean[j] - _logMoved[j] - divergence));
                gradient[half + j] = weight * (_moved[j] - _clean[j]);
            }
        }
    }

    private void Grow(int length)
    {
        if (_clean.Length >= length) return;
        (_clean, _moved, _logClean, _logMoved) = (new float[length], new float[length], new float[length], new float[length]);
    }
}
