namespace ClusterTrain.Numerics.Losses;

/// <summary>The loss that a shard trains on: the mean over its examples.</summary>
public interface ITrainingLoss
{
    /// <summary>Rows of the batch that one example has: itself, or its clean and its adversarial version.</summary>
    int Copies { get; }

    /// <summary>
    /// Loss of each example, and the gradient of their mean by the logits. Labels and losses [examples]; logits and gradient
    /// [copies * examples, classes], all clean versions before all adversarial ones; never the same memory.
    /// </summary>
    void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient);
}
