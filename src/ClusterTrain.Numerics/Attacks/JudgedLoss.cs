using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>A loss that also sees which rows are misclassified, since it is shown the class scores anyway.</summary>
public sealed class JudgedLoss(ILogitLoss inner) : ILogitLoss
{
    private bool[] _mistaken = [];

    /// <summary>Whether each row of the last call was misclassified, [batch].</summary>
    public ReadOnlySpan<bool> Mistaken => _mistaken;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        if (_mistaken.Length < labels.Length) _mistaken = new bool[labels.Length];
        inner.Evaluate(logits, labels, classes, losses, gradient);
        for (var row = 0; row < labels.Length; row++)
            _mistaken[row] = SoftmaxCrossEntropy.Predict(logits.Slice(row * classes, classes)) != labels[row];
    }
}
