namespace ClusterTrain.Numerics.Attacks;

/// <summary>What an attack may ask of a network: the loss of rows and its gradient by their inputs.</summary>
public interface ILossSurface
{
    /// <summary>Inputs a row.</summary>
    int Features { get; }

    /// <summary>
    /// Gradient of the summed cross-entropy by the inputs. Rows and gradient [batch, features], labels [batch]. Rows do
    /// not influence each other, so it is each row's own gradient.
    /// </summary>
    void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient);

    /// <summary>Cross-entropy of each row: losses [batch].</summary>
    void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses);
}
