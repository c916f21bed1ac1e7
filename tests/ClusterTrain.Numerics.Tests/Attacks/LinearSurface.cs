using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>A loss whose worst point is known: the same slope everywhere, loss = slope . row.</summary>
internal sealed class LinearSurface(float[] slope) : ILossSurface
{
    public int Features => slope.Length;

    // Asked for by the attack loop; nothing is made of it.
    public int Classes => 2;

    public ReadOnlySpan<float> Logits(ReadOnlySpan<float> rows, int batch) =>
        throw new NotSupportedException("There are no class scores, only a loss.");

    public void InputGradient(
        ILogitLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient, Span<float> losses)
    {
        InputGradient(rows, labels, gradient);
        Losses(rows, labels, losses);
    }

    public void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient)
    {
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = slope[i % slope.Length];
    }

    public void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses)
    {
        for (var row = 0; row < labels.Length; row++)
        {
            losses[row] = 0;
            for (var i = 0; i < slope.Length; i++)
                losses[row] += slope[i] * rows[(row * slope.Length) + i];
        }
    }
}
