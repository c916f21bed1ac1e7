using System.Globalization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Comparison;

/// <summary>Accuracies of one run at one epoch, 0 to 1.</summary>
public sealed record ComparisonPoint(double Accuracy, double? RobustAccuracy);

/// <summary>One line of a comparison: a name and each run's value.</summary>
public sealed record ComparisonRow(string Key, IReadOnlyList<string> Values);

/// <summary>Each run's validation at an epoch; null where a run has none.</summary>
public sealed record ComparisonCurve(double Epoch, IReadOnlyList<ComparisonPoint?> Points);

/// <summary>Runs side by side.</summary>
/// <param name="SpecDifferences">Keys of the specs whose values are not the same in all runs.</param>
/// <param name="Curves">By ascending epoch.</param>
/// <param name="Results">Of the summaries; "-" for what a run does not have.</param>
/// <param name="HaveSameState">Whether all runs have a summary and the same state hash.</param>
public sealed record RunComparison(
    IReadOnlyList<ComparisonRow> SpecDifferences, IReadOnlyList<ComparisonCurve> Curves, IReadOnlyList<ComparisonRow> Results,
    bool HaveSameState)
{
    private const string Missing = "-";

    /// <exception cref="FileFailureException">A folder's files cannot be read.</exception>
    public static RunComparison Of(IReadOnlyList<RunFolder> runs)
    {
        var summaries = runs.Select(run => File.Exists(run.SummaryPath) ? SummaryFile.Read(run) : null).ToList();
        var hashes = summaries.Select(summary => summary?.StateHash).Distinct().ToList();
        return new RunComparison(Differences(runs), CurvesOf(runs), ResultsOf(summaries), hashes is [not null]);
    }

    private static List<ComparisonRow> Differences(IReadOnlyList<RunFolder> runs)
    {
        var specs = runs.Select(run => FlatYaml.Read(run.ReadSpec())).ToList();
        var keys = specs.SelectMany(spec => spec.Keys).Distinct(StringComparer.Ordinal);
        return
        [
            .. keys.Select(key => new ComparisonRow(key, [.. specs.Select(spec => spec.GetValueOrDefault(key, Missing))]))
                .Where(row => row.Values.Distinct(StringComparer.Ordinal).Count() > 1),
        ];
    }

    private static List<ComparisonCurve> CurvesOf(IReadOnlyList<RunFolder> runs)
    {
        var curves = runs.Select(run => MetricsFile.Read(run.MetricsPath)
            .Where(record => record.Split == MetricsRecord.Validation)
            .ToDictionary(record => record.Epoch, record => new ComparisonPoint(record.Accuracy, record.RobustAccuracy))).ToList();
        return
        [
            .. curves.SelectMany(curve => curve.Keys).Distinct().Order()
                .Select(epoch => new ComparisonCurve(epoch, [.. curves.Select(curve => curve.GetValueOrDefault(epoch))])),
        ];
    }

    private static List<ComparisonRow> ResultsOf(IReadOnlyList<RunSummary?> summaries)
    {
        (string Name, Func<RunSummary, string?> Value)[] rows =
        [
            ("status", summary => summary.Status.ToString()),
            ("steps", summary => summary.Steps.ToString(CultureInfo.InvariantCulture)),
            ("best step", summary => summary.BestStep.ToString(CultureInfo.InvariantCulture)),
            ("test accuracy", summary => Percent(summary.Test?.Accuracy)),
            ("test robust accuracy", summary => Percent(summary.Test?.RobustAccuracy)),
            ("test attack", summary => summary.Test?.Attack),
            ("training loss", summary => summary.Train?.Loss.ToString("F4", CultureInfo.InvariantCulture)),
            ("examples/s", summary => summary.ExamplesPerSecond.ToString("N0", CultureInfo.InvariantCulture)),
            ("workers", summary => summary.Workers.ToString(CultureInfo.InvariantCulture)),
            ("engine", summary => summary.Engine),
            ("data", summary => summary.Fingerprint.Data[..12]),
            ("state hash", summary => summary.StateHash[..12]),
        ];
        return
        [
            .. rows.Select(row => new ComparisonRow(
                row.Name, [.. summaries.Select(summary => summary is null ? Missing : row.Value(summary) ?? Missing)])),
        ];
    }

    private static string? Percent(double? share) => share?.ToString("P1", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
}
