using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>From planned cells to their specs.</summary>
internal static class StudyCells
{
    /// <param name="basis">Tree of the base spec; null for the default one.</param>
    /// <param name="common">Set in every cell, before its own.</param>
    /// <param name="problems">Gets what is wrong with any of them.</param>
    /// <returns>The cells whose specs are valid.</returns>
    public static IReadOnlyList<StudyCell> Of(
        SpecNode? basis, SettingList common, IReadOnlyList<CellPlan> plans, List<SpecProblem> problems)
    {
        var (cells, found) = (new List<StudyCell>(), new List<(SpecProblem Problem, string Cell)>());
        foreach (var plan in plans)
        {
            var result = Bind(basis, common.With(plan.Settings));
            found.AddRange(result.Problems.Select(problem => (problem, plan.Name)));
            if (result.Spec is { } spec)
                cells.Add(new(plan.Name, plan.Folder, plan.Levels, plan.Settings.AsText(), spec));
        }

        // What is wrong in every cell is wrong in the base; else the first cell that has it is named.
        foreach (var group in found.GroupBy(pair => pair.Problem))
        {
            var isEverywhere = group.Select(pair => pair.Cell).Distinct(StringComparer.Ordinal).Count() == plans.Count;
            problems.Add(isEverywhere ? group.Key : group.Key with { Message = $"{group.Key.Message} (in {group.First().Cell})" });
        }

        return cells;
    }

    private static SpecResult Bind(SpecNode? basis, SettingList settings)
    {
        var problems = new List<SpecProblem>();
        return SpecLoader.Bind(settings.ApplyTo(basis, problems), problems);
    }
}
