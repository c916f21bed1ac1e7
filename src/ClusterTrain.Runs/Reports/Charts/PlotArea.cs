using ClusterTrain.Runs.Reports.Pages;

namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>The rectangle inside the axes: from values to places.</summary>
internal readonly record struct PlotArea(double Left, double Top, double Right, double Bottom, ChartAxis X, ChartAxis Y)
{
    public double AtX(double value) => Left + (X.Share(value) * (Right - Left));

    public double AtY(double value) => Bottom - (Y.Share(value) * (Bottom - Top));

    /// <summary>A point of a path: "x,y".</summary>
    public string At(double x, double y) => Html.Of($"{AtX(x)},{AtY(y)}").Text;
}
