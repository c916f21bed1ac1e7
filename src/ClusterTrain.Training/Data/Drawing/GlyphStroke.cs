namespace ClusterTrain.Training.Data.Drawing;

internal readonly record struct GlyphPoint(double X, double Y);

/// <summary>One stroke of a skeleton, through points of the unit square (x to the right, y down).</summary>
/// <param name="Kind">How the points are joined.</param>
/// <param name="Points">Two or more; three or more when the stroke is a loop.</param>
internal sealed record GlyphStroke(GlyphStrokeKind Kind, GlyphPoint[] Points)
{
    /// <summary>Straight pieces of which each span between two points of a curve is made.</summary>
    private const int PiecesPerSpan = 5;

    public static GlyphStroke Line(params double[] xy) => new(GlyphStrokeKind.Line, Pair(xy));

    public static GlyphStroke Curve(params double[] xy) => new(GlyphStrokeKind.Curve, Pair(xy));

    public static GlyphStroke Loop(params double[] xy) => new(GlyphStrokeKind.Loop, Pair(xy));

    /// <summary>
    /// The polyline of <paramref name="points"/> joined as <paramref name="kind"/> says. Curves are Catmull-Rom
    /// splines: they pass through every point, and end points stand in for their missing neighbours.
    /// </summary>
    public static void Flatten(GlyphStrokeKind kind, ReadOnlySpan<GlyphPoint> points, List<GlyphPoint> into)
    {
        into.Clear();
        into.Add(points[0]);
        var spans = kind == GlyphStrokeKind.Loop ? points.Length : points.Length - 1;
        for (var span = 0; span < spans; span++)
        {
            var end = points[(span + 1) % points.Length];
            if (kind != GlyphStrokeKind.Line) AddCurve(points, span, kind == GlyphStrokeKind.Loop, into);
            into.Add(end);
        }
    }

    private static void AddCurve(ReadOnlySpan<GlyphPoint> points, int span, bool loop, List<GlyphPoint> into)
    {
        var count = points.Length;
        var before = points[loop ? (span + count - 1) % count : Math.Max(span - 1, 0)];
        var start = points[span];
        var end = points[(span + 1) % count];
        var after = points[loop ? (span + 2) % count : Math.Min(span + 2, count - 1)];
        for (var piece = 1; piece < PiecesPerSpan; piece++)
        {
            var t = piece / (double)PiecesPerSpan;
            into.Add(new GlyphPoint(
                CatmullRom(before.X, start.X, end.X, after.X, t), CatmullRom(before.Y, start.Y, end.Y, after.Y, t)));
        }
    }

    private static double CatmullRom(double p0, double p1, double p2, double p3, double t) =>
        p1 + (0.5 * t * ((p2 - p0)
            + (t * ((2 * p0) - (5 * p1) + (4 * p2) - p3 + (t * ((3 * (p1 - p2)) + p3 - p0))))));

    private static GlyphPoint[] Pair(double[] xy)
    {
        var points = new GlyphPoint[xy.Length / 2];
        for (var i = 0; i < points.Length; i++) points[i] = new GlyphPoint(xy[2 * i], xy[(2 * i) + 1]);
        return points;
    }
}

internal enum GlyphStrokeKind
{
    /// <summary>Straight pieces from point to point.</summary>
    Line,

    /// <summary>A smooth curve through the points.</summary>
    Curve,

    /// <summary>A smooth closed curve through the points.</summary>
    Loop,
}
