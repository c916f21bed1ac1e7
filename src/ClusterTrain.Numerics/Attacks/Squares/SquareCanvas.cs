using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Where squares are drawn: the maps of an image, or plain features as one map of height 1.</summary>
internal readonly record struct SquareCanvas(int Channels, int Height, int Width)
{
    public int Area => Height * Width;

    public static SquareCanvas Of(MapShape? image, int features) =>
        image is { Area: > 1 } maps && maps.Features == features
            ? new(maps.Channels, maps.Height, maps.Width)
            : new(1, 1, features);

    /// <summary>Size of a window that covers about this share of a map: a square, on features a stretch; never a whole side.</summary>
    /// <param name="share">Above 0, up to 1.</param>
    /// <param name="least">Smallest side; odd sides only when above 1.</param>
    public (int Height, int Width) Window(double share, int least)
    {
        var most = Height == 1 ? Width : Math.Min(Height, Width);
        var side = (int)Math.Floor((Height == 1 ? share * Width : Math.Sqrt(share * Area)) + 0.5);
        side = Math.Max(least, side);
        if (least > 1 && side % 2 == 0) side++;
        side = Math.Clamp(side, 1, Math.Max(1, most - 1));
        return (Height == 1 ? 1 : side, side);
    }
}
