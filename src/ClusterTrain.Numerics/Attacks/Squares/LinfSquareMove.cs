using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Squares of +-epsilon, one sign a channel, on a start of vertical stripes (Andriushchenko et al. 2020, algorithm 2 and
/// section 3.2).
/// </summary>
internal sealed class LinfSquareMove : ISquareMove
{
    public int Signs(SquareCanvas canvas) => canvas.Channels * canvas.Width;

    public void Start(SquareCanvas canvas, SquareDraw draw, float epsilon, InputRange range, ReadOnlySpan<float> clean, Span<float> point)
    {
        for (var channel = 0; channel < canvas.Channels; channel++)
        {
            for (var column = 0; column < canvas.Width; column++)
            {
                var move = epsilon * draw.Sign((channel * canvas.Width) + column);
                for (var row = 0; row < canvas.Height; row++)
                {
                    var i = (((channel * canvas.Height) + row) * canvas.Width) + column;
                    point[i] = range.Clamp(i, clean[i] + move);
                }
            }
        }
    }

    public void Propose(
        SquareCanvas canvas, SquareDraw draw, double share, float epsilon, InputRange range, ReadOnlySpan<float> clean,
        ReadOnlySpan<float> best, Span<float> proposal)
    {
        best.CopyTo(proposal);
        // A square that is there already would waste the query: its opposite is drawn instead.
        if (!Paint(canvas, draw, share, epsilon, range, clean, proposal)) Paint(canvas, draw, share, -epsilon, range, clean, proposal);
    }

    private static bool Paint(
        SquareCanvas canvas, SquareDraw draw, double share, float epsilon, InputRange range, ReadOnlySpan<float> clean, Span<float> proposal)
    {
        var window = canvas.Window(share, 1);
        var (top, left) = draw.Window(0, canvas, window);
        var changes = false;
        for (var channel = 0; channel < canvas.Channels; channel++)
        {
            var move = epsilon * draw.Sign(channel);
            for (var row = top; row < top + window.Height; row++)
            {
                var first = (((channel * canvas.Height) + row) * canvas.Width) + left;
                for (var i = first; i < first + window.Width; i++)
                {
                    var value = range.Clamp(i, clean[i] + move);
                    changes |= value != proposal[i];
                    proposal[i] = value;
                }
            }
        }

        return changes;
    }
}
