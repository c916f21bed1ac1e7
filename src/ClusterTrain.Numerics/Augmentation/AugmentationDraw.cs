using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>What happens to one picture: one draw of each parameter from its range.</summary>
/// <param name="Applies">Whether the picture is changed at all; if not, everything else is at rest.</param>
/// <param name="Angle">Degrees, counter-clockwise as the picture is seen.</param>
/// <param name="Scale">Magnification.</param>
/// <param name="Shear">Pixels to the side for each pixel down.</param>
/// <param name="ShiftX">Pixels to the right.</param>
/// <param name="ShiftY">Pixels down.</param>
/// <param name="FlipHorizontal">Whether left and right are exchanged.</param>
/// <param name="FlipVertical">Whether top and bottom are exchanged.</param>
/// <param name="Brightness">Factor of every value.</param>
/// <param name="Contrast">Factor of the distance from the picture's mean.</param>
/// <param name="Saturation">Factor of the distance from grey.</param>
public readonly record struct AugmentationDraw(
    bool Applies, double Angle, double Scale, double Shear, double ShiftX, double ShiftY, bool FlipHorizontal,
    bool FlipVertical, double Brightness, double Contrast, double Saturation)
{
    /// <summary>Number of the stream from which on pixels have their noise.</summary>
    public const long FirstNoise = 16;

    /// <summary>Numbers of the stream that place the square of <see cref="Cutout"/>.</summary>
    public const long CutoutDown = 13;
    public const long CutoutAcross = 14;

    public static readonly AugmentationDraw None = new(false, 0, 1, 0, 0, 0, false, false, 1, 1, 1);

    /// <summary>
    /// Draws uniformly from the ranges. Each parameter has a number of the stream to itself, so that switching one on
    /// leaves the others as they are. The numbers are part of what decides a run's bits.
    /// </summary>
    public static AugmentationDraw Of(AugmentationRanges ranges, RandomStream stream)
    {
        if (!(stream.Uniform(0) < ranges.Probability)) return None;
        return new AugmentationDraw(
            Applies: true,
            Angle: Either(stream.Uniform(1), ranges.Rotation),
            Scale: ranges.ScaleMin + (stream.Uniform(2) * (ranges.ScaleMax - ranges.ScaleMin)),
            Shear: Either(stream.Uniform(3), ranges.Shear),
            ShiftX: Either(stream.Uniform(4), ranges.Shift) + Place(stream.Uniform(6), ranges.Crop),
            ShiftY: Either(stream.Uniform(5), ranges.Shift) + Place(stream.Uniform(7), ranges.Crop),
            FlipHorizontal: ranges.FlipHorizontal && stream.Uniform(8) < 0.5f,
            FlipVertical: ranges.FlipVertical && stream.Uniform(9) < 0.5f,
            Brightness: 1 + Either(stream.Uniform(10), ranges.Brightness),
            Contrast: 1 + Either(stream.Uniform(11), ranges.Contrast),
            Saturation: 1 + Either(stream.Uniform(12), ranges.Saturation));
    }

    // In [-size, size). Without a range exactly 0, and not -0.
    private static double Either(float uniform, double size) => size == 0 ? 0 : ((2.0 * uniform) - 1) * size;

    // A whole number of pixels, each of -size to size as likely.
    private static int Place(float uniform, int size) => (int)((double)uniform * ((2 * size) + 1)) - size;
}
