using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>A closed interval.</summary>
public readonly record struct Interval(double Low, double High)
{
    public bool Covers(double value) => value >= Low && value <= High;
}

/// <summary>
/// A figure and three intervals: over test rows with these models (percentiles of the paired bootstrap), over models on
/// these rows (jackknife with Student's t), and over both.
/// </summary>
/// <remarks>
/// The variance over both is the sum of the two less the part that both hold (<see cref="SharedVariance"/>), and never below
/// the larger of them.
/// </remarks>
/// <param name="Value">The figure.</param>
/// <param name="Points">Over test rows.</param>
/// <param name="Models">Over models.</param>
/// <param name="Total">Over both; what verdicts use.</param>
public sealed record Estimate(double Value, Interval Points, Interval Models, Interval Total)
{
    // A quantile is rounded to what a printed table holds: the platform's logarithm may differ in the last bits.
    private const int TableDecimals = 6;

    /// <param name="level">Above 0 and below 1: 0.95.</param>
    public static Estimate Of(Replicates figure, double level)
    {
        var sorted = figure.Draws.Order().ToArray();
        var tail = (1 - level) / 2;
        var (rows, ofRows) = (Variance(figure.Draws), figure.Rows - 1.0);
        var (models, ofModels) = Jackknife(figure.LeftOut);
        var both = Math.Max(rows + models - figure.Shared, Math.Max(rows, models));
        return new Estimate(
            figure.Value,
            new Interval(
                SortedArrayStatistics.QuantileCustom(sorted, tail, QuantileDefinition.R7),
                SortedArrayStatistics.QuantileCustom(sorted, 1 - tail, QuantileDefinition.R7)),
            Around(figure.Value, models, ofModels, level),
            Around(figure.Value, both, Welch([(rows, ofRows), (models, ofModels)]), level));
    }

    /// <summary>
    /// Variance over models, by leaving out one at a time (Tukey 1958), groups apart: the sum over groups of (n-1)/n times
    /// the squared deviations from the group's mean; and its degrees of freedom (Satterthwaite 1946).
    /// </summary>
    internal static (double Variance, double Freedom) Jackknife(IReadOnlyList<double[]> leftOut)
    {
        var parts = leftOut.Select(group => (Variance: (group.Length - 1.0) * (group.Length - 1.0) / group.Length * Variance(group), Freedom: group.Length - 1.0)).ToList();
        var sum = 0.0;
        foreach (var (variance, _) in parts) sum += variance;
        return (sum, Welch(parts));
    }

    private static double Variance(double[] numbers) => numbers.Length < 2 ? 0 : ArrayStatistics.Variance(numbers);

    private static double Welch(IReadOnlyList<(double Variance, double Freedom)> parts)
    {
        var (sum, fourth) = (0.0, 0.0);
        foreach (var (variance, freedom) in parts)
        {
            sum += variance;
            fourth += variance * variance / freedom;
        }

        return fourth > 0 ? sum * sum / fourth : double.PositiveInfinity;
    }

    private static Interval Around(double value, double variance, double freedom, double level)
    {
        var at = (1 + level) / 2;
        var quantile = freedom < 1e6 ? StudentT.InvCDF(0, 1, freedom, at) : Normal.InvCDF(0, 1, at);
        var reach = Math.Round(quantile, TableDecimals) * Math.Sqrt(variance);
        return new Interval(value - reach, value + reach);
    }
}
