using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>What an attack may ask of a network: the loss of rows and its gradient by their inputs.</summary>
public interface ILossSurface
{
    /// <summary>Inputs a row.</summary>
    int Features { get; }

    /// <summary>Class scores a row.</summary>
    int Classes { get; }

    /// <summary>Class scores of rows [batch, features]: [batch, classes], valid until the next call.</summary>
    ReadOnlySpan<float> Logits(ReadOnlySpan<float> rows, int batch);

    /// <summary>
    /// Loss of each row and the gradient of their sum by the inputs, which is each row's own. Rows and gradient [batch,
    /// features], labels and losses [batch].
    /// </summary>
    void InputGradient(
        ILogitLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient, Span<float> losses);

    /// <summary>
    /// Gradient of the summed cross-entropy by the inputs. Rows and gradient [batch, features], labels [batch]. Rows do
    /// not influence each other, so it is each row's own gradient.
    /// </summary>
    void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient);

    /// <summary>Cross-entropy of each row: losses [batch].</summary>
    void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses);
}
