using MathNet.Numerics.Distributions;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>A mean and where it may lie: the 95% interval of Student's t (Student 1908) over independent values.</summary>
/// <param name="Count">Values, 1 or more.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, over count - 1; null for a single value.</param>
/// <param name="Margin">Half the width of the interval; null for a single value, which says nothing about its spread.</param>
public sealed record MeanInterval(int Count, double Mean, double? Deviation, double? Margin)
{
    /// <summary>Share of such intervals that hold the mean of all possible values.</summary>
    public const double Confidence = 0.95;

    public double? Low => Mean - Margin;

    public double? High => Mean + Margin;

    /// <returns>Null without values.</returns>
    public static MeanInterval? Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
            return null;
        var mean = values.Sum() / values.Count;
        if (values.Count == 1)
            return new(1, mean, null, null);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new(values.Count, mean, deviation, Quantile(values.Count - 1) * deviation / Math.Sqrt(values.Count));
    }

    /// <summary>Student's t that leaves half of what the interval misses above it.</summary>
    private static double Quantile(int degreesOfFreedom) =>
        StudentT.InvCDF(0, 1, degreesOfFreedom, (1 + Confidence) / 2);
}
