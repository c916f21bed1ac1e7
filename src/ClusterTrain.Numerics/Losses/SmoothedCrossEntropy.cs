namespace ClusterTrain.Numerics.Losses;

/// <summary>Softmax cross-entropy with label smoothing of each row.</summary>
/// <param name="smoothing">Share of the target spread evenly, 0 to below 1.</param>
public sealed class SmoothedCrossEntropy(float smoothing) : ITrainingLoss
{
    public int Copies => 1;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient) =>
        SoftmaxCrossEntropy.ForwardBackward(logits, labels, classes, smoothing, 1f / labels.Length, losses, gradient);
}
