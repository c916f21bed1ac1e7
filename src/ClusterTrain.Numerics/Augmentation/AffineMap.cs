using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>
/// Where each pixel of a warped picture comes from: (x, y) of the result, measured from its centre, lies at
/// (XX x + XY y + X, YX x + YY y + Y) of the source, measured from its centre. x runs right, y down, both in pixels.
/// </summary>
public readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    public static readonly AffineMap Identity = new(1, 0, 0, 0, 1, 0);

    /// <summary>
    /// The inverse of: flip, scale, shear, rotate about the centre, then shift. At rest it is <see cref="Identity"/>
    /// exactly, since sin 0, cos 0 and all quarter turns are.
    /// </summary>
    public static AffineMap Of(in AugmentationDraw draw)
    {
        var (sin, cos) = OfDegrees(draw.Angle);

        // Back from the rotation: (x, y) to (cos x - sin y, sin x + cos y); counter-clockwise with y down.
        var (xx, xy, yx, yy) = (cos, -sin, sin, cos);

        // Back from the shear, x += shear y.
        (xx, xy) = (xx - (draw.Shear * yx), xy - (draw.Shear * yy));

        // Back from the scale, and from the flips, which are their own inverse.
        var (byX, byY) = ((draw.FlipHorizontal ? -1 : 1) / draw.Scale, (draw.FlipVertical ? -1 : 1) / draw.Scale);
        (xx, xy, yx, yy) = (xx * byX, xy * byX, yx * byY, yy * byY);

        return new AffineMap(
            xx, xy, 0 - ((xx * draw.ShiftX) + (xy * draw.ShiftY)), yx, yy, 0 - ((yx * draw.ShiftX) + (yy * draw.ShiftY)));
    }

    // The nearest quarter turn is taken off in degrees, where it is exact.
    private static (double Sin, double Cos) OfDegrees(double degrees)
    {
        var quarters = Math.Round(degrees / 90, MidpointRounding.ToEven);
        var rest = (degrees - (90 * quarters)) * (Math.PI / 180);
        var (sin, cos) = (FixedMath.Sin(rest), FixedMath.Cos(rest));
        return ((long)quarters & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
