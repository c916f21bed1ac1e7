using System.Runtime.InteropServices;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Drawing;

/// <summary>
/// Draws glyphs, one at a time: a skeleton of the digit is bent, jittered, turned and moved, inked with a soft pen,
/// disturbed by stray strokes, a hiding bar and noise, and quantized to bytes. Holds scratch memory: one per thread.
/// </summary>
/// <remarks>
/// Bit-portable: nothing but IEEE + - * / and square root of doubles. Rotations come from t = tan(angle / 2) as
/// cos = (1 - t^2) / (1 + t^2), sin = 2t / (1 + t^2), so that no platform's sine is asked.
/// </remarks>
internal sealed class GlyphPainter(GlyphStyle style)
{
    private const int Side = Glyphs.Side;
    private readonly GlyphCanvas _glyph = new(Side);
    private readonly GlyphCanvas _stray = new(Side);
    private readonly List<GlyphPoint> _controls = [];
    private readonly List<GlyphPoint> _polyline = [];
    private readonly double[] _strayInk = new double[Side * Side];

    /// <param name="row">Row of the data set: the only thing, beside the style, that the image depends on.</param>
    /// <param name="digit">0 to 9.</param>
    /// <param name="pixels">[28 * 28], row-major; overwritten.</param>
    public void Paint(int row, int digit, Span<byte> pixels)
    {
        var random = new DataRandom(style.Seed, (ulong)row);
        var pen = style.Pen.Draw(ref random);
        var softness = style.Softness.Draw(ref random);
        DrawGlyph(ref random, GlyphSkeletons.Digits[digit], pen + softness);
        DrawStrays(ref random, softness);
        var occlusion = Occlusion.Draw(ref random, style);
        var background = style.Background.Draw(ref random);
        var ink = style.Ink.Draw(ref random) - background;
        var noise = style.Noise.Draw(ref random);
        for (var pixel = 0; pixel < pixels.Length; pixel++)
        {
            var covered = Math.Max(_glyph.Coverage(pixel, pen, softness), _strayInk[pixel]);
            if (occlusion.Hides((pixel % Side) + 0.5, (pixel / Side) + 0.5)) covered = 0;
            var value = background + (ink * covered) + (noise * random.Bell());
            pixels[pixel] = (byte)((Math.Clamp(value, 0, 1) * 255) + 0.5);
        }
    }

    private void DrawGlyph(ref DataRandom random, GlyphStroke[][] variants, double reach)
    {
        var strokes = variants[random.Below(variants.Length)];
        var placement = Placement.Draw(ref random, style);
        _glyph.Clear();
        foreach (var stroke in strokes)
        {
            _controls.Clear();
            foreach (var point in stroke.Points)
            {
                var x = point.X + random.Between(-style.PointJitter, style.PointJitter);
                var y = point.Y + random.Between(-style.PointJitter, style.PointJitter);
                _controls.Add(placement.Apply(x - 0.5, y - 0.5));
            }
            GlyphStroke.Flatten(stroke.Kind, CollectionsMarshal.AsSpan(_controls), _polyline);
            _glyph.Draw(CollectionsMarshal.AsSpan(_polyline), reach);
        }
    }

    private void DrawStrays(ref DataRandom random, double softness)
    {
        Array.Clear(_strayInk);
        var strays = random.Below(style.Strays + 1);
        for (var stray = 0; stray < strays; stray++)
        {
            var start = new GlyphPoint(random.Between(1, Side - 1), random.Between(1, Side - 1));
            var (cos, sin) = Turn(random.Between(-1, 1));
            var length = style.StrayLength.Draw(ref random);
            var pen = style.Pen.Draw(ref random);
            var ink = style.StrayInk.Draw(ref random);
            _stray.Clear();
            _stray.Draw([start, new GlyphPoint(start.X + (length * cos), start.Y + (length * sin))], pen + softness);
            for (var pixel = 0; pixel < _strayInk.Length; pixel++)
                _strayInk[pixel] = Math.Max(_strayInk[pixel], ink * _stray.Coverage(pixel, pen, softness));
        }
    }

    private static (double Cos, double Sin) Turn(double t)
    {
        var scale = 1 / (1 + (t * t));
        return ((1 - (t * t)) * scale, 2 * t * scale);
    }

    /// <summary>Where the unit square (centred at 0) lies in the image, and how it is bent.</summary>
    private readonly record struct Placement(
        double Width, double Height, double Shear, double BendX, double BendY, double Cos, double Sin, GlyphPoint Centre)
    {
        public static Placement Draw(ref DataRandom random, GlyphStyle style)
        {
            var width = style.Width.Draw(ref random);
            var height = style.Height.Draw(ref random);
            var shear = random.Between(-style.Shear, style.Shear);
            var bendX = random.Between(-style.Bend, style.Bend);
            var bendY = random.Between(-style.Bend, style.Bend);
            var (cos, sin) = Turn(random.Between(-style.HalfTurnTangent, style.HalfTurnTangent));
            var x = (Side / 2.0) + random.Between(-style.Shift, style.Shift);
            var y = (Side / 2.0) + random.Between(-style.Shift, style.Shift);
            return new Placement(width, height, shear, bendX, bendY, cos, sin, new GlyphPoint(x, y));
        }

        public GlyphPoint Apply(double u, double v)
        {
            var x = Width * (u - (Shear * v) + (BendX * v * v));
            var y = Height * (v + (BendY * u * u));
            return new GlyphPoint(Centre.X + (Cos * x) - (Sin * y), Centre.Y + (Sin * x) + (Cos * y));
        }
    }

    /// <summary>An upright bar that hides what lies under it; half sides of 0 hide nothing.</summary>
    private readonly record struct Occlusion(GlyphPoint Centre, double HalfWidth, double HalfHeight)
    {
        public static Occlusion Draw(ref DataRandom random, GlyphStyle style)
        {
            var present = random.Uniform() < style.OcclusionRate;
            var centre = new GlyphPoint(random.Between(7, Side - 7), random.Between(5, Side - 5));
            var (halfWidth, halfHeight) = (style.OcclusionHalfSide.Draw(ref random), style.OcclusionHalfSide.Draw(ref random));
            return present ? new Occlusion(centre, halfWidth, halfHeight) : default;
        }

        public bool Hides(double x, double y) => Math.Abs(x - Centre.X) < HalfWidth && Math.Abs(y - Centre.Y) < HalfHeight;
    }
}
