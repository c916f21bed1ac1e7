namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// z_t - z_y, with t the row's target: the function whose zero is the boundary between the right class and the target (Croce
/// and Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", section 2).
/// </summary>
public sealed class TargetedMarginLoss : ILogitLoss
{
    /// <summary>The target of each row, [batch and more].</summary>
    public byte[] Targets { get; set; } = [];

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        gradient.Clear();
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            losses[row] = z[Targets[row]] - z[labels[row]];
            if (gradient.IsEmpty) continue;
            gradient[(row * classes) + labels[row]] -= 1;
            gradient[(row * classes) + Targets[row]] += 1;
        }
    }
}
