using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>A loss whose worst point is known: the same slope everywhere, loss = slope . row.</summary>
internal sealed class LinearSurface(float[] slope) : ILossSurface
{
    public int Features => slope.Length;

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
