using System.Globalization;
using System.Text;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>The content of <c>study.csv</c>: one line a run, for spreadsheets and other tools (RFC 4180).</summary>
public static class StudyTable
{
    public const string FileName = "study.csv";

    public static string Csv(StudyReport report)
    {
        var text = new StringBuilder();
        IReadOnlyList<string> keys = report.Factors.Count > 0
            ? [.. report.Factors.Select(factor => factor.Name)]
            : [.. report.Cells.SelectMany(cell => cell.Settings).Select(setting => setting.Path).Distinct(StringComparer.Ordinal)];
        Append(text, ["cell", .. keys, "seed", "status", .. StudyMeasure.All.Select(measure => measure.Name), "stateHash", "folder"]);
        foreach (var cell in report.Cells)
        {
            IEnumerable<string> settings = report.Factors.Count > 0
                ? cell.Levels
                : keys.Select(key => cell.Settings.LastOrDefault(setting => setting.Path == key)?.Value ?? "");
            foreach (var run in cell.Runs)
            {
                Append(text, [
                    cell.Cell, .. settings, run.Seed.ToString(CultureInfo.InvariantCulture), run.Trouble ?? Words(run),
                    .. StudyMeasure.All.Select(measure => measure.Of(run)?.ToString("R", CultureInfo.InvariantCulture) ?? ""),
                    run.StateHash ?? "", run.Folder,
                ]);
            }
        }

        return text.ToString();
    }

    private static string Words(StudyOutcome run) => run.Status switch
    {
        Runs.Results.RunStatus.StoppedEarly => "stopped-early",
        Runs.Results.RunStatus.Interrupted => "interrupted",
        _ => "completed",
    };

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text
        .AppendJoin(',', cells.Select(cell => cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell))
        .Append('\n');
}
