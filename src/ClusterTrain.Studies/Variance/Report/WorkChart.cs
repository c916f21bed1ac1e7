using ClusterTrain.Runs.Reports.Charts;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>All arms: squared error against the work that an ensemble costs, in units of one plain network.</summary>
internal static class WorkChart
{
    private const double Height = 330;
    private const double NameHeight = 15;

    /// <param name="work">Of an arm's ensemble of k.</param>
    /// <param name="unit">That of one plain network.</param>
    public static Html Of(IReadOnlyList<ArmResult> arms, Func<ArmWork, int, double> work, double unit, string title)
    {
        var lines = arms.Where(arm => arm.Curve.Count > 0).Select(arm => (
            Arm: arm, Look: ArmLook.Of(arm.Id), Points: arm.Curve.Select(point => (X: work(arm.Work, point.K) / unit, Y: point.Formula, point.K)).ToList())).ToList();
        var frame = new PlotFrame(lines.SelectMany(line => line.Points.Select(point => point.X)), lines.SelectMany(line => line.Points.Select(point => point.Y)), Height, 74);
        var ends = lines.Select(line => (line.Arm.Id, line.Look, End: line.Points[^1])).OrderByDescending(end => end.End.Y).ToList();
        var places = LabelPlaces.Spread([.. ends.Select(end => frame.AtY(end.End.Y))], NameHeight, frame.Top, frame.Bottom);
        var says = string.Join("; ", lines.Select(line => $"{line.Arm.Id} from {Verdict.Plain(line.Points[0].Y)} to {Verdict.Plain(line.Points[^1].Y)}"));
        return Html.Of($"""
            <svg class="mini" viewBox="0 0 {PlotFrame.Width} {Height}" role="img" aria-label="Squared error against {title}: {says}">
            {frame.Axes(title, "squared error of the mean")}
            {ends.Zip(places, (end, y) => Name(frame, end.Id, end.Look, frame.AtX(end.End.X), frame.AtY(end.End.Y), y))}
            {lines.Select(line => line.Look.Line(line.Points.Select(point => (frame.AtX(point.X), frame.AtY(point.Y)))))}
            {lines.SelectMany(line => line.Points.Select(point => line.Look.Mark(frame.AtX(point.X), frame.AtY(point.Y), $"{line.Arm.Id}, k = {point.K}: {Verdict.Plain(point.Y)}")))}
            </svg>
            """);
    }

    private static Html Name(PlotFrame frame, string id, ArmLook look, double x, double y, double place) => Html.Of($"""
        <line class="lead k{look.Color}" x1="{x}" y1="{y}" x2="{frame.Right + 6}" y2="{place}"/><text class="name x{look.Color}" x="{frame.Right + 9}" y="{place + 4}">{id}</text>
        """);
}
