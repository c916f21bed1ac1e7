using System.Globalization;
using ClusterTrain.Training.Data;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>What was done to the values of a data set, for those who have a model's file alone: (value - offset) / divisor.</summary>
internal static class ScalingText
{
    public static IReadOnlyDictionary<string, string> Of(DataScaling scaling) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["data.scale"] = scaling.Choice.ToString().ToLowerInvariant(),
        ["data.offset"] = Text(scaling.Offset),
        ["data.divisor"] = Text(scaling.Divisor),
    };

    private static string Text(IEnumerable<double> numbers) =>
        $"[{string.Join(", ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}]";
}
