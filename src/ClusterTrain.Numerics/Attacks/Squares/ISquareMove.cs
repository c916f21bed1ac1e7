using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>How Square starts and what it proposes, by norm. Rows are [channels, height, width] of the canvas.</summary>
internal interface ISquareMove
{
    /// <summary>Most signs that a start or a query draws.</summary>
    int Signs(SquareCanvas canvas);

    /// <summary>The first point of a row, within the ball and the range of the inputs.</summary>
    void Start(SquareCanvas canvas, SquareDraw draw, float epsilon, InputRange range, ReadOnlySpan<float> clean, Span<float> point);

    /// <summary>A new point from the best one so far, within the ball and the range of the inputs.</summary>
    /// <param name="share">Share of a map that the square covers.</param>
    void Propose(
        SquareCanvas canvas, SquareDraw draw, double share, float epsilon, InputRange range, ReadOnlySpan<float> clean,
        ReadOnlySpan<float> best, Span<float> proposal);
}
