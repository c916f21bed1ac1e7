using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>
/// Class scores z = W x + b, times a scale: the worst point of a ball is known. Weights [classes, features].
/// </summary>
internal sealed class LinearModel(float[][] weights, float[] biases, float scale = 1) : ILossSurface
{
    public int Features => weights[0].Length;

    public int Classes => weights.Length;

    /// <summary>Rows that were asked for their scores, and for their gradient.</summary>
    public (int Scores, int Gradients) Asked { get; private set; }

    /// <summary>
    /// Class 0 against class 1 along one slope, s and -s, with the others far below: whatever raises slope . x least is worst
    /// for class 0 under every loss.
    /// </summary>
    public static LinearModel Duel(float[] slope, float bias) => new(
        [slope, [.. slope.Select(s => -s)], new float[slope.Length], new float[slope.Length]], [bias, -bias, -30, -31]);

    public ReadOnlySpan<float> Logits(ReadOnlySpan<float> rows, int batch)
    {
        Asked = (Asked.Scores + batch, Asked.Gradients);
        return Scores(rows, batch);
    }

    public void InputGradient(
        ILogitLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient, Span<float> losses)
    {
        Asked = (Asked.Scores, Asked.Gradients + labels.Length);
        var upstream = new float[labels.Length * Classes];
        loss.Evaluate(Scores(rows, labels.Length), labels, Classes, losses, upstream);
        for (var row = 0; row < labels.Length; row++)
        {
            for (var i = 0; i < Features; i++)
            {
                var sum = 0f;
                for (var j = 0; j < Classes; j++) sum += upstream[(row * Classes) + j] * scale * weights[j][i];
                gradient[(row * Features) + i] = sum;
            }
        }
    }

    public void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient) =>
        InputGradient(CrossEntropyLoss.Instance, rows, labels, gradient, new float[labels.Length]);

    public void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses) =>
        CrossEntropyLoss.Instance.Evaluate(Logits(rows, labels.Length), labels, Classes, losses, default);

    private float[] Scores(ReadOnlySpan<float> rows, int batch)
    {
        var logits = new float[batch * Classes];
        for (var row = 0; row < batch; row++)
        {
            for (var j = 0; j < Classes; j++)
            {
                var sum = biases[j];
                for (var i = 0; i < Features; i++) sum += weights[j][i] * rows[(row * Features) + i];
                logits[(row * Classes) + j] = scale * sum;
            }
        }

        return logits;
    }
}
