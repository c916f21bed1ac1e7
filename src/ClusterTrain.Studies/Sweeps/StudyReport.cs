using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>A cell's runs, and each measure over them: the mean with its interval, null where no run has it.</summary>
public sealed record CellReport(
    string Cell, IReadOnlyList<string> Levels, IReadOnlyList<StudySetting> Settings,
    IReadOnlyDictionary<string, MeanInterval?> Measures, IReadOnlyList<StudyOutcome> Runs);

/// <summary>The best cell of a search: chosen by a validation metric alone.</summary>
public sealed record SearchChoice(string Cell, string Metric, double Value, IReadOnlyList<StudySetting> Settings);

/// <summary>The content of <c>study.json</c>. Nothing in it depends on time or on how many runs went at once.</summary>
/// <param name="Method"><c>full factorial</c>, <c>random search</c> or <c>repetition</c>.</param>
public sealed record StudyReport(
    string Study,
    string Method,
    IReadOnlyList<long> Seeds,
    IReadOnlyList<StudyFactor> Factors,
    IReadOnlyList<CellReport> Cells,
    IReadOnlyList<FactorialEffect> Effects,
    SearchChoice? Best)
{
    public const string FileName = "study.json";

    // Those that a reader asks about first; what moves accuracy and what moves memorizing.
    private static readonly StudyMeasure[] Affected = [StudyMeasure.Test, StudyMeasure.TestRobust, StudyMeasure.Gap];

    /// <param name="outcomes">In the order of the study's runs.</param>
    public static StudyReport Of(Study study, IReadOnlyList<StudyOutcome?> outcomes)
    {
        IReadOnlyList<IReadOnlyList<StudyOutcome?>> byCell = [.. outcomes.Chunk(study.Seeds.Count)];
        var cells = study.Cells.Select((cell, index) => Cell(cell, [.. byCell[index].OfType<StudyOutcome>()])).ToList();
        return new(
            study.Name,
            study.Search is not null ? "random search" : study.Factors.Count > 0 ? "full factorial" : "repetition",
            study.Seeds, study.Factors, cells,
            [.. Affected.SelectMany(measure => FactorialEffects.Of(study, byCell, measure))],
            study.Search is { } search ? Choose(cells, study.Seeds.Count, StudyMeasure.For(search.Metric)) : null);
    }

    public string ToJson() => JsonSerializer.Serialize(this, StudyJson.Default.StudyReport);

    private static CellReport Cell(StudyCell cell, IReadOnlyList<StudyOutcome> runs) => new(
        cell.Name, cell.Levels, cell.Settings,
        StudyMeasure.All.ToDictionary(
            measure => measure.Name, measure => MeanInterval.Of([.. runs.Select(measure.Of).OfType<double>()]), StringComparer.Ordinal),
        runs);

    /// <summary>The highest mean over all seeds; a cell in which a run failed has none. The first of equal ones.</summary>
    private static SearchChoice? Choose(IReadOnlyList<CellReport> cells, int seeds, StudyMeasure metric)
    {
        var best = cells.Where(cell => cell.Measures[metric.Name]?.Count == seeds).MaxBy(cell => cell.Measures[metric.Name]!.Mean);
        return best is null ? null : new(best.Cell, metric.Name, best.Measures[metric.Name]!.Mean, best.Settings);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(StudyReport))]
internal sealed partial class StudyJson : JsonSerializerContext;
