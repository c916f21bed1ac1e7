using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>
/// Cutout (DeVries and Taylor 2017, section 3): a square of zeros around a uniform middle, in all channels; what lies outside of the
/// picture is cut off.
/// </summary>
public static class Cutout
{
    /// <param name="shape">Channels, height, width.</param>
    /// <param name="side">Side of the square in pixels, 1 or more.</param>
    /// <param name="down">Its middle, as a share of the height in [0, 1).</param>
    /// <param name="across">The same of the width.</param>
    /// <param name="picture">[channels, height, width].</param>
    public static void Apply(MapShape shape, int side, float down, float across, Span<float> picture)
    {
        var (top, bottom) = Range(shape.Height, side, down);
        var (left, right) = Range(shape.Width, side, across);
        for (var channel = 0; channel < shape.Channels; channel++)
            for (var row = top; row < bottom; row++)
                picture.Slice((((channel * shape.Height) + row) * shape.Width) + left, right - left).Clear();
    }

    private static (int First, int End) Range(int length, int side, float middle)
    {
        var first = (int)((double)middle * length) - (side / 2);
        return (Math.Max(0, first), Math.Min(length, first + side));
    }
}
