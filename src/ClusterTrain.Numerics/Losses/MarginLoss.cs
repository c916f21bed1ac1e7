namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// max_{i != y} z_i - z_y: above 0 where the row is misclassified (Andriushchenko et al. 2020, section 2). Needs 2 classes.
/// </summary>
public sealed class MarginLoss : ILogitLoss
{
    public static readonly MarginLoss Instance = new();

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        gradient.Clear();
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var other = TopScores.Wrong(z, labels[row]);
            losses[row] = z[other] - z[labels[row]];
            if (gradient.IsEmpty) continue;
            gradient[(row * classes) + other] = 1;
            gradient[(row * classes) + labels[row]] = -1;
        }
    }
}
