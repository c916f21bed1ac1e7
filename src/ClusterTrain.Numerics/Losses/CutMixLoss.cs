namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// Cross-entropy against two classes of each row, weighted by the areas that CutMix left each (Yun et al. 2019, eq. 1): s CE(label) +
/// (1 - s) CE(partner), with label smoothing in both. Trained on as the mean over rows; climbed by an attacker as the sum of the
/// plain losses.
/// </summary>
/// <param name="smoothing">Share of the target spread evenly, 0 to below 1.</param>
public sealed class CutMixLoss(float smoothing) : ITrainingLoss, ILogitLoss
{
    private float[] _ofPartner = [];

    public int Copies => 1;

    /// <summary>The second class of each row, [batch and more].</summary>
    public byte[] Partners { get; set; } = [];

    /// <summary>Weight s of each row's own label, [batch and more].</summary>
    public float[] Own { get; set; } = [];

    void ITrainingLoss.Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient) =>
        Evaluate(logits, labels, classes, smoothing, 1f / labels.Length, losses, gradient);

    void ILogitLoss.Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient) =>
        Evaluate(logits, labels, classes, 0, 1, losses, gradient);

    private void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, float smooth, float scale, Span<float> losses, Span<float> gradient)
    {
        if (_ofPartner.Length < labels.Length) _ofPartner = new float[labels.Length];
        if (gradient.IsEmpty) SoftmaxCrossEntropy.Forward(logits, labels, classes, smooth, losses);
        else SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, smooth, scale, losses, gradient);
        SoftmaxCrossEntropy.Forward(logits, Partners.AsSpan(0, labels.Length), classes, smooth, _ofPartner);
        for (var row = 0; row < labels.Length; row++)
        {
            var ofOther = 1f - Own[row];
            if (ofOther == 0) continue;
            losses[row] = (Own[row] * losses[row]) + (ofOther * _ofPartner[row]);
            if (gradient.IsEmpty) continue;
            var moved = scale * (1f - smooth) * ofOther;
            gradient[(row * classes) + labels[row]] += moved;
            gradient[(row * classes) + Partners[row]] -= moved;
        }
    }
}
