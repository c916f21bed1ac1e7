using System.Globalization;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Runs.Reports.Charts;
using ClusterTrain.Runs.Reports.Pages;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>Axes of a chart whose x doubles from tick to tick and whose y is as long as its numbers need.</summary>
internal sealed class PlotFrame
{
    public const double Width = 360;
    private const double Pad = 0.08;
    private const int WantedTicks = 5;
    private readonly double _left;
    private readonly double _right;
    private readonly double _bottom;
    private readonly double _top = 26;
    private readonly double _xLow;
    private readonly double _xHigh;
    private readonly double _yLow;
    private readonly double _yHigh;
    private readonly double _step;

    /// <param name="xs">Above 0.</param>
    /// <param name="height">Of the whole picture.</param>
    /// <param name="right">Room for names beside the plot.</param>
    public PlotFrame(IEnumerable<double> xs, IEnumerable<double> ys, double height, double right)
    {
        var (x, y) = (xs.Select(Log2).DefaultIfEmpty(0).ToList(), ys.Where(double.IsFinite).DefaultIfEmpty(0).ToList());
        var (low, high) = (y.Min(), y.Max());
        var pad = Math.Max((high - low) * Pad, Math.Max(Math.Abs(high) * 0.002, 1e-6));
        _step = NiceNumbers.Step(high - low + (2 * pad), WantedTicks);
        (_yLow, _yHigh) = (Math.Floor((low - pad) / _step) * _step, Math.Ceiling((high + pad) / _step) * _step);
        (_xLow, _xHigh) = (x.Min(), Math.Max(x.Max(), x.Min() + 1));
        (Height, _bottom, _right) = (height, height - 38, Width - right);
        _left = 12 + (7.2 * Label(_yHigh).Length);
    }

    public double Height { get; }

    public double Right => _right;

    public double Top => _top;

    public double Bottom => _bottom;

    public double AtX(double x) => _left + 8 + ((Log2(x) - _xLow) / (_xHigh - _xLow) * (_right - _left - 16));

    public double AtY(double y) => _bottom - ((y - _yLow) / (_yHigh - _yLow) * (_bottom - _top));

    /// <summary>Grid, axes and titles.</summary>
    public Html Axes(string xTitle, string yTitle)
    {
        var ticks = NiceNumbers.Multiples(_yLow, _yHigh, _step).Select(tick => Html.Of($"""
            <line class="grid" x1="{_left}" y1="{AtY(tick)}" x2="{_right}" y2="{AtY(tick)}"/><text x="{_left - 6}" y="{AtY(tick) + 4}" text-anchor="end">{Label(tick)}</text>
            """));
        var (first, last) = ((int)Math.Ceiling(_xLow - 1e-9), (int)Math.Floor(_xHigh + 1e-9));
        var doublings = Enumerable.Range(first, last - first + 1).Select(power => Html.Of($"""
            <text x="{AtX(Math.ScaleB(1, power))}" y="{_bottom + 17}" text-anchor="middle">{Power(power)}</text>
            """));
        return Html.Of($"""
            {ticks}<line class="axis" x1="{_left}" y1="{_bottom}" x2="{_right}" y2="{_bottom}"/>{doublings}
            <text x="0" y="12">{yTitle}</text><text x="{(_left + _right) / 2}" y="{Height - 4}" text-anchor="middle">{xTitle}</text>
            """);
    }

    private string Label(double tick) =>
        tick.ToString(string.Create(CultureInfo.InvariantCulture, $"F{NiceNumbers.Decimals(_step)}"), CultureInfo.InvariantCulture);

    private static string Power(int power) => power >= 0
        ? Math.ScaleB(1, power).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"1/{Math.ScaleB(1, -power)}");

    private static double Log2(double x) => FixedMath.Log(x) / 0.693147180559945309417;
}
