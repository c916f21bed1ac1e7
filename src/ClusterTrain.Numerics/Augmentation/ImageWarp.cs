using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>Moves a picture's pixels.</summary>
public static class ImageWarp
{
    /// <summary>
    /// Samples the source bilinearly at where <paramref name="map"/> says each pixel comes from; outside of it there are
    /// zeros. Whole pixels, quarter turns and flips are exact copies. All channels move alike.
    /// </summary>
    /// <param name="shape">Channels, height, width.</param>
    /// <param name="map">From places in the result to places in the source.</param>
    /// <param name="source">[channels, height, width].</param>
    /// <param name="target">[channels, height, width], overwritten; not the source's memory.</param>
    public static void Apply(MapShape shape, in AffineMap map, ReadOnlySpan<float> source, Span<float> target)
    {
        var (height, width, area) = (shape.Height, shape.Width, shape.Area);
        var (middleX, middleY) = ((width - 1) / 2.0, (height - 1) / 2.0);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var (x, y) = (column - middleX, row - middleY);
                var fromX = (map.XX * x) + (map.XY * y) + map.X + middleX;
                var fromY = (map.YX * x) + (map.YY * y) + map.Y + middleY;
                var at = (row * width) + column;

                // Also false for what is too far away for an integer.
                var isNear = fromX > -1 && fromX < width && fromY > -1 && fromY < height;
                var (left, top) = isNear ? ((int)Math.Floor(fromX), (int)Math.Floor(fromY)) : (0, 0);
                var (right, down) = ((float)(fromX - left), (float)(fromY - top));
                for (var channel = 0; channel < shape.Channels; channel++)
                {
                    var picture = source.Slice(channel * area, area);
                    target[(channel * area) + at] = isNear ? Sample(picture, height, width, left, top, right, down) : 0f;
                }
            }
        }
    }

    private static float Sample(
        ReadOnlySpan<float> picture, int height, int width, int left, int top, float right, float down)
    {
        var upper = (Pixel(picture, height, width, top, left) * (1 - right))
            + (Pixel(picture, height, width, top, left + 1) * right);
        var lower = (Pixel(picture, height, width, top + 1, left) * (1 - right))
            + (Pixel(picture, height, width, top + 1, left + 1) * right);
        return (upper * (1 - down)) + (lower * down);
    }

    private static float Pixel(ReadOnlySpan<float> picture, int height, int width, int row, int column) =>
        (uint)row < (uint)height && (uint)column < (uint)width ? picture[(row * width) + column] : 0f;
}
