using ClusterTrain.Runs.Reports.Pages;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>
/// How an arm looks in every chart: a colour, a dash and a shape. Any two arms differ in shape or dash as well, so that colour
/// is never alone, and each line is named at its end.
/// </summary>
/// <param name="Color">1 to 5.</param>
/// <param name="Dash">Of its line, as SVG has it.</param>
/// <param name="Shape">0 to 4.</param>
/// <param name="IsFilled">Or an outline.</param>
internal sealed record ArmLook(int Color, string Dash, int Shape, bool IsFilled)
{
    private const double Size = 4;
    private static readonly string[] Order = ["a", "b", "c", "d", "e", "f", "g-shard", "g-example", "g-pool"];

    private static readonly ArmLook[] Looks =
    [
        new(1, "none", 0, true), new(3, "7 3", 1, true), new(2, "none", 2, true), new(4, "none", 3, true), new(5, "2 3", 3, false),
        new(1, "7 3 2 3", 4, true), new(2, "2 3", 0, false), new(3, "none", 1, false), new(4, "7 3", 2, false),
    ];

    public static ArmLook Of(string arm) => Looks[Math.Max(0, Array.IndexOf(Order, arm))];

    /// <summary>The shape at a place, with a word for who points at it.</summary>
    public Html Mark(double x, double y, string note)
    {
        var title = note.Length == 0 ? Html.None : Html.Of($"<title>{note}</title>");
        var style = $"mark k{Color} f{(IsFilled ? Color : 0)}";
        return Shape switch
        {
            0 => Html.Of($"""<circle class="{style}" cx="{x}" cy="{y}" r="{Size}">{title}</circle>"""),
            1 => Html.Of($"""<rect class="{style}" x="{x - 3.6}" y="{y - 3.6}" width="7.2" height="7.2">{title}</rect>"""),
            2 => Html.Of($"""<path class="{style}" d="M{x},{y - 4.6}L{x + 4.5},{y + 3.4}L{x - 4.5},{y + 3.4}Z">{title}</path>"""),
            3 => Html.Of($"""<path class="{style}" d="M{x},{y - 5}L{x + 5},{y}L{x},{y + 5}L{x - 5},{y}Z">{title}</path>"""),
            _ => Html.Of($"""<path class="mark k{Color}" d="M{x - 4},{y - 4}L{x + 4},{y + 4}M{x - 4},{y + 4}L{x + 4},{y - 4}">{title}</path>"""),
        };
    }

    public Html Line(IEnumerable<(double X, double Y)> points) => Line(points, Dash);

    public Html Line(IEnumerable<(double X, double Y)> points, string dash) =>
        Html.Of($"""<path class="path k{Color}" stroke-dasharray="{dash}" d="M{string.Join('L', points.Select(point => Html.Of($"{point.X},{point.Y}").Text))}"/>""");
}
