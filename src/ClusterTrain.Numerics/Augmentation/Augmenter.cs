using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>One random change of one picture: a pure function of ranges, picture and stream.</summary>
public static class Augmenter
{
    /// <summary>The numbers of a training row in a step, whichever shard it falls into.</summary>
    public static RandomStream Stream(long seed, long step, int row) => new(seed, RandomPurpose.Augmentation, step, row);

    /// <summary>
    /// Geometry first, as one affine map so that pixels are blurred once, then saturation, contrast, brightness and noise;
    /// the result is clipped to [0, 1], and a square of it cut out. A row that is not drawn to be changed is a copy to the bit.
    /// </summary>
    /// <param name="ranges">What may happen.</param>
    /// <param name="shape">Channels, height, width.</param>
    /// <param name="stream">The row's numbers.</param>
    /// <param name="source">[channels, height, width] in [0, 1].</param>
    /// <param name="target">The same, overwritten; not the source's memory.</param>
    public static void Apply(
        AugmentationRanges ranges, MapShape shape, RandomStream stream, ReadOnlySpan<float> source, Span<float> target)
    {
        var draw = AugmentationDraw.Of(ranges, stream);
        var map = AffineMap.Of(draw);
        if (map == AffineMap.Identity) source.CopyTo(target);
        else ImageWarp.Apply(shape, map, source, target);
        if (!draw.Applies) return;

        Photometry.Saturation(shape, target, draw.Saturation);
        Photometry.Contrast(target, draw.Contrast);
        Photometry.Brightness(target, draw.Brightness);
        GaussianNoise.Add(target, ranges.Noise, stream, AugmentationDraw.FirstNoise);
        Photometry.Clip(target);
        if (ranges.Cutout > 0)
            Cutout.Apply(shape, ranges.Cutout, stream.Uniform(AugmentationDraw.CutoutDown), stream.Uniform(AugmentationDraw.CutoutAcross), target);
    }
}
