using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Moves length into one window from another, and what is left of epsilon with it, on a start of tiled bumps
/// (Andriushchenko et al. 2020, algorithm 3 and section 3.3).
/// </summary>
internal sealed class L2SquareMove : ISquareMove
{
    private const double Smallest = 1e-12;

    /// <summary>Tiles along a side of the start.</summary>
    private const int Tiles = 5;

    private readonly Dictionary<(int, int), SquareBump> _bumps = [];
    private double[] _delta = [];

    public int Signs(SquareCanvas canvas)
    {
        var tile = Tile(canvas);
        return canvas.Channels * (canvas.Height / tile.Height) * (canvas.Width / tile.Width);
    }

    public void Start(SquareCanvas canvas, SquareDraw draw, float epsilon, InputRange range, ReadOnlySpan<float> clean, Span<float> point)
    {
        var delta = Delta(clean.Length);
        delta.Clear();
        var bump = Bump(Tile(canvas));
        var (rows, columns) = (canvas.Height / bump.Height, canvas.Width / bump.Width);
        var (top, left) = ((canvas.Height - (rows * bump.Height)) / 2, (canvas.Width - (columns * bump.Width)) / 2);
        var sign = 0;
        for (var channel = 0; channel < canvas.Channels; channel++)
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                    Draw(canvas, channel, top + (row * bump.Height), left + (column * bump.Width), bump, draw.Sign(sign++), delta);
        Finish(epsilon, range, clean, delta, point);
    }

    public void Propose(
        SquareCanvas canvas, SquareDraw draw, double share, float epsilon, InputRange range, ReadOnlySpan<float> clean,
        ReadOnlySpan<float> best, Span<float> proposal)
    {
        var delta = Delta(clean.Length);
        for (var i = 0; i < delta.Length; i++) delta[i] = (double)best[i] - clean[i];
        var bump = Bump(canvas.Window(share, 3));
        var size = (bump.Height, bump.Width);
        var (to, from) = (draw.Window(0, canvas, size), draw.Window(1, canvas, size));
        var free = Math.Max(((double)epsilon * epsilon) - Squares(delta), 0) / canvas.Channels;
        for (var channel = 0; channel < canvas.Channels; channel++)
        {
            var map = delta.Slice(channel * canvas.Area, canvas.Area);
            Move(canvas.Width, map, to, from, bump, draw.IsTransposed, draw.Sign(channel), free);
        }

        Finish(epsilon, range, clean, delta, proposal);
    }

    // The target window keeps its direction, bent by the bump; its new length is that of both windows and the free part.
    private static void Move(
        int width, Span<double> map, (int Top, int Left) to, (int Top, int Left) from, SquareBump bump, bool transposed,
        float sign, double free)
    {
        var inTarget = 0.0;
        var inBoth = 0.0;
        for (var row = 0; row < bump.Height; row++)
        {
            for (var column = 0; column < bump.Width; column++)
            {
                var target = map[((to.Top + row) * width) + to.Left + column];
                inTarget += target * target;
                var (sourceRow, sourceColumn) = (from.Top + row, from.Left + column);
                if (IsIn(to, bump, sourceRow, sourceColumn)) continue;
                ref var source = ref map[(sourceRow * width) + sourceColumn];
                inBoth += source * source;
                source = 0;
            }
        }

        inBoth += inTarget;
        var scale = 1 / Math.Max(Math.Sqrt(inTarget), Smallest);
        var squares = 0.0;
        for (var row = 0; row < bump.Height; row++)
        {
            for (var column = 0; column < bump.Width; column++)
            {
                ref var value = ref map[((to.Top + row) * width) + to.Left + column];
                value = (value * scale) + (sign * bump.At(row, column, transposed));
                squares += value * value;
            }
        }

        var stretch = Math.Sqrt(free + inBoth) / Math.Max(Math.Sqrt(squares), Smallest);
        for (var row = 0; row < bump.Height; row++)
            for (var column = 0; column < bump.Width; column++)
                map[((to.Top + row) * width) + to.Left + column] *= stretch;
    }

    private static bool IsIn((int Top, int Left) window, SquareBump bump, int row, int column) =>
        row >= window.Top && row < window.Top + bump.Height && column >= window.Left && column < window.Left + bump.Width;

    private static void Draw(
        SquareCanvas canvas, int channel, int top, int left, SquareBump bump, float sign, Span<double> delta)
    {
        for (var row = 0; row < bump.Height; row++)
            for (var column = 0; column < bump.Width; column++)
                delta[(((channel * canvas.Height) + top + row) * canvas.Width) + left + column] =
                    sign * bump.At(row, column, transposed: false);
    }

    // To the ball's edge, then into the range, which can only bring a point nearer.
    private static void Finish(float epsilon, InputRange range, ReadOnlySpan<float> clean, ReadOnlySpan<double> delta, Span<float> point)
    {
        var scale = epsilon / Math.Max(Math.Sqrt(Squares(delta)), Smallest);
        for (var i = 0; i < point.Length; i++) point[i] = range.Clamp(i, (float)(clean[i] + (scale * delta[i])));
    }

    private static double Squares(ReadOnlySpan<double> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += value * value;
        return squares;
    }

    private static (int Height, int Width) Tile(SquareCanvas canvas) =>
        canvas.Height == 1
            ? (1, Math.Max(1, canvas.Width / Tiles))
            : (Math.Max(1, Math.Min(canvas.Height, canvas.Width) / Tiles), Math.Max(1, Math.Min(canvas.Height, canvas.Width) / Tiles));

    private SquareBump Bump((int Height, int Width) size)
    {
        if (!_bumps.TryGetValue(size, out var bump)) _bumps[size] = bump = new SquareBump(size.Height, size.Width);
        return bump;
    }

    private Span<double> Delta(int features)
    {
        if (_delta.Length < features) _delta = new double[features];
        return _delta.AsSpan(0, features);
    }
}
