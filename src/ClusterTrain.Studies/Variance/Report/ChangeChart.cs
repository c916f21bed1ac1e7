using System.Globalization;
using ClusterTrain.Runs.Reports.Charts;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>The change of one figure against arm a, arm by arm, each with its interval: left of the line is less.</summary>
internal static class ChangeChart
{
    private const double Row = 24;
    private const double Top = 22;
    private const double Left = 74;
    private const double Right = PlotFrame.Width - 12;

    public static Html Of(IReadOnlyList<ArmResult> arms, Func<ArmChange, Estimate> figure, string name)
    {
        var rows = arms.Where(arm => arm.Change is not null).Select(arm => (Arm: arm, Change: figure(arm.Change!))).ToList();
        var low = rows.Select(row => row.Change.Total.Low).Append(0).Min();
        var high = rows.Select(row => row.Change.Total.High).Append(0).Max();
        var (step, span) = (NiceNumbers.Step(Math.Max(high - low, 1e-9), 4), Math.Max(high - low, 1e-9));
        double X(double value) => Left + ((value - low) / span * (Right - Left));
        var bottom = Top + (rows.Count * Row);
        var ticks = NiceNumbers.Multiples(low, high, step).Select(tick => Html.Of($"""
            <line class="grid" x1="{X(tick)}" y1="{Top}" x2="{X(tick)}" y2="{bottom}"/><text x="{X(tick)}" y="{bottom + 16}" text-anchor="middle">{Label(tick, step)}</text>
            """));
        var says = string.Join("; ", rows.Select(row => $"{row.Arm.Id} {Verdict.Signed(row.Change.Value)}, {Verdict.Signed(row.Change.Total.Low)} to {Verdict.Signed(row.Change.Total.High)}"));
        return Html.Of($"""
            <svg class="mini" viewBox="0 0 {PlotFrame.Width} {bottom + 22}" role="img" aria-label="Change in {name} against arm a: {says}">
            <text x="0" y="12">change in {name} against a</text>{ticks}<line class="zero" x1="{X(0)}" y1="{Top - 4}" x2="{X(0)}" y2="{bottom}"/>
            {rows.Select((row, i) => Arm(row.Arm, row.Change, X, Top + ((i + 0.5) * Row)))}
            </svg>
            """);
    }

    private static Html Arm(ArmResult arm, Estimate change, Func<double, double> x, double y)
    {
        var look = ArmLook.Of(arm.Id);
        var (low, high) = (x(change.Total.Low), x(change.Total.High));
        return Html.Of($"""
            <text class="name x{look.Color}" x="0" y="{y + 4}">{arm.Id}</text><path class="bar k{look.Color}" d="M{low},{y}L{high},{y}M{low},{y - 4}L{low},{y + 4}M{high},{y - 4}L{high},{y + 4}"/>{look.Mark(x(change.Value), y, Verdict.Signed(change.Value))}
            """);
    }

    private static string Label(double tick, double step) => Math.Abs(tick) < step / 2 ? "0" : tick.ToString(
        string.Create(CultureInfo.InvariantCulture, $"+0.{new string('0', NiceNumbers.Decimals(step))};\u22120.{new string('0', NiceNumbers.Decimals(step))}"), CultureInfo.InvariantCulture);
}
