using System.Globalization;

namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>Round numbers for axes (Heckbert 1990, "Nice numbers for graph labels"): 1, 2 or 5 times a power of ten.</summary>
internal static class NiceNumbers
{
    private const double Slack = 1e-9;

    /// <summary>The distance of about <paramref name="count"/> ticks over a range.</summary>
    /// <param name="range">Above 0 and finite.</param>
    public static double Step(double range, int count)
    {
        var (lead, exponent) = Scientific(range / Math.Max(1, count - 1));
        return TimesPower(lead < 1.5 ? 1 : lead < 3 ? 2 : lead < 7 ? 5 : 10, exponent);
    }

    /// <summary>The largest nice number that is at most this one, up to rounding.</summary>
    /// <param name="number">Above 0 and finite.</param>
    public static double Below(double number)
    {
        var (lead, exponent) = Scientific(number);
        return TimesPower(lead >= 5 ? 5 : lead >= 2 ? 2 : 1, exponent);
    }

    /// <summary>The multiples of a step from low to high, both included if they are multiples.</summary>
    public static IReadOnlyList<double> Multiples(double low, double high, double step)
    {
        // Each from its own whole number: adding up steps would drift.
        var first = Math.Ceiling((low / step) - Slack);
        var count = (int)Math.Floor((high / step) + Slack - first) + 1;
        return [.. Enumerable.Range(0, Math.Max(0, count)).Select(i => (first + i) * step)];
    }

    /// <summary>Decimals that tell the multiples of a nice step apart.</summary>
    public static int Decimals(double step) => Math.Max(0, -Scientific(step).Exponent);

    /// <summary>
    /// The number as lead (1 to below 10) times a power of ten, by way of its digits: exact on every machine, unlike the
    /// platform's logarithm, and rounded to ten digits, which forgives what arithmetic did to a round number.
    /// </summary>
    private static (double Lead, int Exponent) Scientific(double number)
    {
        var parts = number.ToString("E9", CultureInfo.InvariantCulture).Split('E');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static double TimesPower(int lead, int exponent) =>
        double.Parse(string.Create(CultureInfo.InvariantCulture, $"{lead}E{exponent}"), CultureInfo.InvariantCulture);
}
