namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// A loss of class scores, row by row: what an attack climbs. Rows do not influence each other. Called from the thread of
/// the network it belongs to.
/// </summary>
public interface ILogitLoss
{
    /// <summary>
    /// Loss of each row, and its gradient by the logits. Logits and gradient [batch, classes] (never the same memory),
    /// labels and losses [batch].
    /// </summary>
    /// <param name="gradient">Overwritten; empty when only the losses are wanted.</param>
    void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient);
}
