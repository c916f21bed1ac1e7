using System.Globalization;

namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>One direction of a chart: its range, its ticks and their texts.</summary>
internal sealed record ChartAxis
{
    private const int WantedTicks = 6;
    private const double LargestPlain = 1e6;
    private const int MostDecimals = 6;
    private readonly double _step;
    private readonly string _unit;

    private ChartAxis(string title, string unit, double low, double high, double step)
    {
        (Title, _unit, Low, High, _step) = (title, unit, low, high, step);
        Ticks = NiceNumbers.Multiples(low, high, step);
    }

    public string Title { get; }

    public double Low { get; }

    /// <summary>Above <see cref="Low"/>.</summary>
    public double High { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Counted things from 0 to the largest value: steps, epochs. The line ends at the edge, beside its label.</summary>
    public static ChartAxis OfCounts(string title, IEnumerable<double> values)
    {
        var high = values.Where(double.IsFinite).Append(0).Max();
        high = high > 0 ? high : 1;
        return new ChartAxis(title, "", 0, high, Math.Max(1, NiceNumbers.Step(high, WantedTicks)));
    }

    /// <summary>A quantity with a natural zero, from there to a tick above the largest value.</summary>
    public static ChartAxis FromZero(string title, IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).Append(0).ToList();
        return Loose(title, "", finite.Min(), finite.Max());
    }

    /// <summary>Percentages: as much of 0 to 100 as they need, but never so little that noise looks like news.</summary>
    public static ChartAxis OfPercent(string title, IEnumerable<double> values)
    {
        const double leastSpan = 10;
        var finite = values.Where(double.IsFinite).Select(value => Math.Clamp(value, 0, 100)).DefaultIfEmpty(0).ToList();
        var (low, high) = (finite.Min(), finite.Max());
        var missing = Math.Max(0, leastSpan - (high - low)) / 2;
        low = Math.Clamp(low - missing, 0, 100 - leastSpan);
        return Loose(title, "%", low, Math.Clamp(Math.Max(high, low + leastSpan), 0, 100));
    }

    /// <summary>Where a value lies: 0 at the low end, 1 at the high end.</summary>
    public double Share(double value) => (value - Low) / (High - Low);

    /// <summary>A tick's text, with its unit.</summary>
    public string Label(double tick)
    {
        var decimals = NiceNumbers.Decimals(_step);
        var format = Math.Abs(tick) >= LargestPlain || decimals > MostDecimals
            ? "0.##e0" : string.Create(CultureInfo.InvariantCulture, $"N{decimals}");
        return (Math.Abs(tick) < _step / 2 ? 0 : tick).ToString(format, CultureInfo.InvariantCulture) + _unit;
    }

    private static ChartAxis Loose(string title, string unit, double low, double high)
    {
        if (!(high > low)) high = low + 1;
        var step = NiceNumbers.Step(high - low, WantedTicks);
        return new ChartAxis(title, unit, Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }
}
