using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>One arm: what pool A foretold, as a dashed line, and what pool B measured, as marks with intervals.</summary>
internal static class CurveChart
{
    private const double Height = 220;

    public static Html Of(ArmResult arm, double confidence)
    {
        var look = ArmLook.Of(arm.Id);
        var points = arm.HeldOut;
        var frame = new PlotFrame(
            points.Select(point => (double)point.K),
            points.SelectMany(point => new[] { point.Predicted, point.Measured, Low(point), High(point) }), Height, 10);
        var says = string.Join(", ", points.Select(point => $"k {point.K}: foretold {Verdict.Plain(point.Predicted)}, measured {Verdict.Plain(point.Measured)}"));
        var line = look.Line(points.Select(point => (frame.AtX(point.K), frame.AtY(point.Predicted))), "6 4");
        return Html.Of($"""
            <svg class="mini" viewBox="0 0 {PlotFrame.Width} {Height}" role="img" aria-label="Squared error by ensemble size, arm {arm.Id}. {says}">
            {frame.Axes("members k", "squared error of the mean")}
            {(points.Count > 1 ? line : Html.None)}{points.Select(point => Measured(frame, look, point, confidence))}
            </svg>
            """);
    }

    private static Html Measured(PlotFrame frame, ArmLook look, Estimation.HeldOutPoint point, double confidence)
    {
        var (x, low, high) = (frame.AtX(point.K), frame.AtY(Low(point)), frame.AtY(High(point)));
        return Html.Of($"""
            <path class="bar k{look.Color}" d="M{x},{low}L{x},{high}M{x - 4},{low}L{x + 4},{low}M{x - 4},{high}L{x + 4},{high}"/>{look.Mark(x, frame.AtY(point.Measured), Verdict.HeldOut(point, confidence))}
            """);
    }

    // The interval of the residual, hung on the prediction: it holds the dashed line exactly when it holds zero.
    private static double Low(Estimation.HeldOutPoint point) => point.Predicted + point.Residual.Total.Low;

    private static double High(Estimation.HeldOutPoint point) => point.Predicted + point.Residual.Total.High;
}
