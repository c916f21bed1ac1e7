namespace ClusterTrain.Numerics.Losses;

/// <summary>Softmax cross-entropy without label smoothing: what PGD climbs (Madry et al. 2018).</summary>
public sealed class CrossEntropyLoss : ILogitLoss
{
    public static readonly CrossEntropyLoss Instance = new();

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        if (gradient.IsEmpty) SoftmaxCrossEntropy.Forward(logits, labels, classes, 0f, losses);
        else SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, 0f, 1f, losses, gradient);
    }
}
