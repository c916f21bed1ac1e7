using ClusterTrain.Training.Specs.Rules;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Training.Specs.Loading;

/// <summary>Reads a spec and reports everything that is wrong with it at once.</summary>
public static class SpecLoader
{
    // A report is whole up to here.
    private const int MostProblems = 100;
    private const int ShownProblems = 9;

    /// <param name="yamlText">The spec; keys it leaves out have their defaults, so an empty text is the default spec.</param>
    /// <param name="sourceName">What problems name as their place: a file name.</param>
    /// <param name="sets">Overrides as on the command line, <c>path=value</c>, applied in order before anything is checked.</param>
    public static SpecResult Load(string yamlText, string sourceName, IReadOnlyList<string>? sets = null)
    {
        var problems = new List<SpecProblem>();
        var (root, unreadable) = SpecNodeReader.Read(yamlText, sourceName);
        if (unreadable is not null)
            problems.Add(unreadable);

        // Overrides are checked even when the file is not readable: one report names all that needs correcting.
        root = SpecOverride.ApplyAll(root, sets ?? [], problems);
        return Bind(root, problems, isReadable: unreadable is null);
    }

    /// <summary>A spec from a tree, with what went wrong on the way there.</summary>
    internal static SpecResult Bind(SpecNode? root, List<SpecProblem> problems, bool isReadable = true)
    {
        var binder = new SpecBinder(new RunSpec());
        var spec = (RunSpec)binder.Bind(root);
        problems.AddRange(binder.Problems);
        if (isReadable) // Else the rules would judge defaults that the file may replace.
            problems.AddRange(SpecRules.Check(spec, binder.Failed).Select(binder.Locate));

        SpecProblem[] sorted = [.. problems.OrderBy(problem => problem.Line ?? int.MaxValue).ThenBy(problem => problem.Column)];
        var usable = sorted.All(problem => problem.Severity != SpecSeverity.Error);
        return new(usable ? spec : null, sorted.Length <= MostProblems ? sorted : Few(sorted));
    }

    // Nobody corrects so many one by one; the first ones say what kind of text it is.
    private static SpecProblem[] Few(SpecProblem[] sorted)
    {
        var errors = sorted.Where(problem => problem.Severity == SpecSeverity.Error).ToList();
        var shown = (errors.Count > 0 ? errors : [.. sorted]).Take(ShownProblems).ToArray();
        return [.. shown, new SpecProblem("", $"{sorted.Length - shown.Length} more problems like these", null, null, shown[0].Severity) { Source = shown[0].Source }];
    }

    /// <summary>Checks a spec that was made in code as if it had been read.</summary>
    public static SpecResult Check(RunSpec spec) => Load(SpecWriter.Write(spec), "spec");
}
