namespace ClusterTrain.Training.Data.Drawing;

/// <summary>
/// The squared distance of each pixel's centre to the nearest stroke drawn so far, [side, side] row-major. Pixels
/// farther than a stroke's reach stay at infinity.
/// </summary>
internal sealed class GlyphCanvas(int side)
{
    private readonly double[] _squaredDistance = new double[side * side];

    public void Clear() => _squaredDistance.AsSpan().Fill(double.PositiveInfinity);

    /// <param name="polyline">In pixels; (0, 0) is the image's upper left corner.</param>
    /// <param name="reach">Distance from which on a pixel is untouched.</param>
    public void Draw(ReadOnlySpan<GlyphPoint> polyline, double reach)
    {
        for (var i = 1; i < polyline.Length; i++) DrawSegment(polyline[i - 1], polyline[i], reach);
    }

    /// <summary>How much of a pixel is covered, 0 to 1: full inside the pen's radius, fading over the soft band.</summary>
    public double Coverage(int pixel, double pen, double softness)
    {
        var squared = _squaredDistance[pixel];
        if (double.IsPositiveInfinity(squared)) return 0;
        return Math.Clamp(((pen - Math.Sqrt(squared)) / softness) + 0.5, 0, 1);
    }

    private void DrawSegment(GlyphPoint a, GlyphPoint b, double reach)
    {
        var dx = b.X - a.X;
        var dy = b.Y - a.Y;
        var squaredLength = (dx * dx) + (dy * dy);
        var inverse = squaredLength > 0 ? 1 / squaredLength : 0;
        var (left, right) = PixelSpan(Math.Min(a.X, b.X) - reach, Math.Max(a.X, b.X) + reach);
        var (top, bottom) = PixelSpan(Math.Min(a.Y, b.Y) - reach, Math.Max(a.Y, b.Y) + reach);
        for (var y = top; y <= bottom; y++)
        {
            var py = y + 0.5 - a.Y;
            for (var x = left; x <= right; x++)
            {
                var px = x + 0.5 - a.X;
                var along = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                var ex = px - (along * dx);
                var ey = py - (along * dy);
                ref var nearest = ref _squaredDistance[(y * side) + x];
                var squared = (ex * ex) + (ey * ey);
                if (squared < nearest) nearest = squared;
            }
        }
    }

    /// <summary>Indices of the pixels that a range of coordinates touches, cut to the image.</summary>
    private (int First, int Last) PixelSpan(double low, double high) =>
        ((int)Math.Clamp(low, 0, side), (int)Math.Clamp(high, -1, side - 1));
}
