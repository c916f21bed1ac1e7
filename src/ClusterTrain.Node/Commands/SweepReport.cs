using System.Globalization;
using ClusterTrain.Node.Progress;
using ClusterTrain.Studies.Sweeps;

namespace ClusterTrain.Node.Commands;

/// <summary>The tables that end a study.</summary>
internal static class SweepReport
{
    private static readonly (StudyMeasure Measure, string Name)[] Columns =
    [
        (StudyMeasure.Test, "test"),
        (StudyMeasure.TestRobust, "test robust"),
        (StudyMeasure.Train, "training"),
        (StudyMeasure.Gap, "gap"),
        (StudyMeasure.Validation, "validation"),
        (StudyMeasure.ValidationRobust, "validation robust"),
        (StudyMeasure.EpochsToBest, "epochs to best"),
    ];

    public static IEnumerable<string> Lines(StudyReport report)
    {
        yield return "";
        yield return report.Best is { } by
            ? $"Random search, best first by {by.Metric}; test figures are only reported. Mean and 95% t-interval over {report.Seeds.Count} seeds:"
            : $"Mean and 95% t-interval over {report.Seeds.Count} seeds; accuracies in per cent, gap is training less test:";
        foreach (var line in TextTable.Lines(Cells(report))) yield return "  " + line;
        if (report.Best is { } best)
        {
            yield return $"Best by {best.Metric} ({Percent(best.Value)}): {best.Cell}";
            foreach (var setting in best.Settings) yield return $"  {setting.Path}: {setting.Value}";
        }

        if (report.Effects.Count == 0) yield break;
        yield return "";
        yield return "Effects in percentage points, the second level less the first, an interaction as half the change of one effect by the other;";
        yield return "an asterisk where the 95% interval over seeds leaves out 0:";
        foreach (var line in TextTable.Lines(Effects(report))) yield return "  " + line;
    }

    private static List<IReadOnlyList<string>> Cells(StudyReport report)
    {
        var columns = Columns.Where(column => report.Cells.Any(cell => cell.Measures[column.Measure.Name] is not null)).ToList();
        // Trials go by their settings, which get a column each under the last word of their path.
        string[] keys = report.Best is null ? [] : [.. report.Cells[0].Settings.Select(setting => setting.Path[(setting.Path.LastIndexOf('.') + 1)..])];
        List<IReadOnlyList<string>> table = [["cell", .. keys, .. columns.Select(column => column.Name)]];
        var cells = report.Best is { } best
            ? report.Cells.OrderByDescending(cell => cell.Measures[best.Metric]?.Mean ?? double.NegativeInfinity)
            : report.Cells.AsEnumerable();
        table.AddRange(cells.Select(cell => (IReadOnlyList<string>)
            [cell.Cell, .. cell.Settings.Take(keys.Length).Select(setting => setting.Value), .. columns.Select(column => Interval(cell.Measures[column.Measure.Name], column.Measure.IsShare))]));
        return table;
    }

    private static List<IReadOnlyList<string>> Effects(StudyReport report)
    {
        var measures = Columns.Where(column => report.Effects.Any(effect => effect.Measure == column.Measure.Name)).ToList();
        List<IReadOnlyList<string>> table = [["effect", .. measures.Select(column => column.Name)]];
        table.AddRange(report.Effects.GroupBy(effect => effect.Meaning).Select(group => (IReadOnlyList<string>)
            [group.Key, .. measures.Select(column => Effect(group.FirstOrDefault(effect => effect.Measure == column.Measure.Name)?.Effect))]));
        return table;
    }

    private static string Effect(MeanInterval? effect) => effect is null ? "-"
        : (effect.Mean * 100).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)
            + (effect.Margin is { } margin ? $" +- {Percent(margin)}" : "")
            + (effect is { Low: > 0 } or { High: < 0 } ? " *" : "");

    private static string Interval(MeanInterval? interval, bool isShare)
    {
        if (interval is null) return "-";
        var text = isShare ? Percent : (Func<double, string>)Plain;
        return text(interval.Mean) + (interval.Margin is { } margin ? $" +- {text(margin)}" : "");
    }

    private static string Percent(double share) => Plain(share * 100);

    private static string Plain(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
