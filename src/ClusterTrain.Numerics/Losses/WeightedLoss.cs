using ClusterTrain.Numerics.Elementwise;

namespace ClusterTrain.Numerics.Losses;

/// <summary>Any loss with each example's part times the weight of its class.</summary>
/// <param name="inner">The loss.</param>
/// <param name="weights">A weight for each class, 0 or more.</param>
public sealed class WeightedLoss(ITrainingLoss inner, IReadOnlyList<float> weights) : ITrainingLoss
{
    public int Copies => inner.Copies;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        inner.Evaluate(logits, labels, classes, losses, gradient);
        for (var row = 0; row < labels.Length; row++)
        {
            losses[row] *= weights[labels[row]];
            for (var copy = 0; copy < inner.Copies; copy++)
                VectorOps.Scale(gradient.Slice(((copy * labels.Length) + row) * classes, classes), weights[labels[row]]);
        }
    }
}
