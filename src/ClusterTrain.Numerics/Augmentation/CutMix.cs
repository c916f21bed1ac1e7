using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>
/// CutMix (Yun et al. 2019, algorithm A1, with alpha 1): a box of another row's picture is put into this one, and the target is
/// mixed by the areas that each has in the end.
/// </summary>
/// <param name="Top">First row of the box.</param>
/// <param name="Left">First column.</param>
/// <param name="Height">Rows; 0 where nothing is put in.</param>
/// <param name="Width">Columns.</param>
public readonly record struct CutMix(int Top, int Left, int Height, int Width)
{
    /// <summary>The numbers of a training row in a step, whichever shard it falls into.</summary>
    public static RandomStream Stream(long seed, long step, int row) => new(seed, RandomPurpose.CutMix, step, row);

    /// <summary>
    /// A box whose sides are sqrt(1 - lambda) of the picture's, lambda uniform in [0, 1), around a uniform middle; what lies outside
    /// is cut off.
    /// </summary>
    /// <param name="probability">Of putting anything in at all.</param>
    public static CutMix Draw(double probability, MapShape shape, RandomStream stream)
    {
        if (!(stream.Uniform(0) < probability)) return default;
        var share = Math.Sqrt(1 - (double)stream.Uniform(1));
        var (top, height) = Side(shape.Height, share, stream.Uniform(2));
        var (left, width) = Side(shape.Width, share, stream.Uniform(3));
        return new CutMix(top, left, height, width);
    }

    /// <summary>Share of the picture that stays the row's own, 0 to 1.</summary>
    public float Own(MapShape shape) => 1f - ((float)(Height * Width) / shape.Area);

    /// <summary>Copies the box, in all channels. Both [channels, height, width].</summary>
    public void Paste(MapShape shape, ReadOnlySpan<float> other, Span<float> picture)
    {
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = Top; row < Top + Height; row++)
            {
                var at = (((channel * shape.Height) + row) * shape.Width) + Left;
                other.Slice(at, Width).CopyTo(picture[at..]);
            }
        }
    }

    private static (int First, int Count) Side(int side, double share, float middle)
    {
        var (half, at) = ((int)(side * share) / 2, (int)((double)middle * side));
        var (first, end) = (Math.Max(0, at - half), Math.Min(side, at + half));
        return (first, end - first);
    }
}
