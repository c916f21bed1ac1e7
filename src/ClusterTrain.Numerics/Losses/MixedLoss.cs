using ClusterTrain.Numerics.Elementwise;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// w CE(clean) + (1 - w) CE(adversarial) of each example (Goodfellow et al. 2015, section 6), with label smoothing in both.
/// </summary>
/// <param name="cleanWeight">w, 0 to 1.</param>
/// <param name="smoothing">Share of the target spread evenly, 0 to below 1.</param>
public sealed class MixedLoss(float cleanWeight, float smoothing) : ITrainingLoss
{
    private float[] _clean = [];

    public int Copies => 2;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        if (_clean.Length < labels.Length) _clean = new float[labels.Length];
        var (half, scale, clean) = (labels.Length * classes, 1f / labels.Length, _clean);
        var adversarialWeight = 1f - cleanWeight;
        SoftmaxCrossEntropy.ForwardBackward(
            logits[..half], labels, classes, smoothing, scale * cleanWeight, clean.AsSpan(0, labels.Length), gradient[..half]);
        SoftmaxCrossEntropy.ForwardBackward(
            logits[half..], labels, classes, smoothing, scale * adversarialWeight, losses, gradient[half..]);
        VectorOps.Scale(losses, adversarialWeight);
        VectorOps.AddScaled(cleanWeight, clean.AsSpan(0, labels.Length), losses);
    }
}
