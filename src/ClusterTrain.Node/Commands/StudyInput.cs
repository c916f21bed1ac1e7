using ClusterTrain.Node.Cli;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Node.Commands;

/// <summary>From what the user named to a valid study and its data, or every problem at once.</summary>
internal static class StudyInput
{
    private const string EmbeddedName = "variance (embedded)";

    /// <param name="path">A file, or null for the embedded default.</param>
    /// <param name="sets">Overrides.</param>
    public static StudySpec Load(Surroundings surroundings, string? path, IReadOnlyList<string> sets)
    {
        var folder = path is null ? surroundings.Folder : Path.GetDirectoryName(surroundings.PathOf(path))!;
        var text = path is null ? ShippedStudies.Default() : SpecInput.Read(surroundings, path, "study");
        // A recipe's path starts from the study's folder, as one would write it there.
        var result = VarianceFile.Load(
            new StudySource(text, path ?? EmbeddedName, recipe => File.ReadAllText(Path.GetFullPath(recipe, folder))) { Sets = sets });
        foreach (var warning in result.Warnings) surroundings.Error.WriteLine(warning);
        return result.Study ?? throw new WrongInputException([.. result.Errors.Select(SpecInput.Text).Distinct()]);
    }

    /// <summary>What loads the data of the study's members, checked once for the first and the last training set.</summary>
    public static StudyContexts Contexts(Surroundings surroundings, StudyPlan plan, string? data)
    {
        var contexts = new StudyContexts(
            spec => SpecInput.LoadData(surroundings, spec, data), spec => SpecInput.Math(surroundings).Select(spec.Math).Create);
        var (first, last) = (plan.Of(plan.Arms[0], 0).First(), plan.Of(plan.Arms[0], plan.Spec.Sets - 1).First());
        _ = contexts.ToTest(first.Spec);
        try
        {
            _ = contexts.ToTest(last.Spec);
        }
        catch (DataException failure)
        {
            throw new WrongInputException([.. failure.Problems.Select(problem =>
                $"sets: {plan.Spec.Sets} disjoint sets of {first.Spec.Data.Train} rows do not fit: {problem}")]);
        }

        // Arms that no set of plain networks stands for are checked against the data too.
        foreach (var arm in plan.Arms) _ = contexts.ToTest(plan.Of(arm, 0).First().Spec);
        return contexts;
    }
}
