using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>A study that was read, or everything that is wrong with it.</summary>
/// <param name="Study">Null when any problem is an error.</param>
public sealed record StudyResult(StudySpec? Study, IReadOnlyList<SpecProblem> Problems)
{
    public IEnumerable<SpecProblem> Errors => Problems.Where(problem => problem.Severity == SpecSeverity.Error);

    public IEnumerable<SpecProblem> Warnings => Problems.Where(problem => problem.Severity == SpecSeverity.Warning);
}

/// <summary>Reads a study by the rules of run specs, and reports everything that is wrong with it at once.</summary>
public static class StudyLoader
{
    private static readonly string[] Recipes = ["dropout", "plain"];

    /// <param name="text">YAML; keys it leaves out have their defaults.</param>
    /// <param name="sourceName">What problems name as their place: a file name.</param>
    /// <param name="sets">Overrides, <c>path=value</c>.</param>
    /// <param name="read">The text of a recipe's file, by its path as written; throws IOException when it cannot be read.</param>
    public static StudyResult Load(string text, string sourceName, IReadOnlyList<string> sets, Func<string, string> read)
    {
        var problems = new List<SpecProblem>();
        var (root, unreadable) = SpecNodeReader.Read(text, sourceName);
        if (unreadable is not null) problems.Add(unreadable);
        foreach (var recipe in Recipes) root = WithFile(root, recipe, read, problems);
        root = SpecOverride.ApplyAll(root, sets, problems);
        foreach (var recipe in Recipes) root = WithFile(root, recipe, read, problems);
        var binder = new SpecBinder(new StudySpec());
        var study = (StudySpec)binder.Bind(root);
        problems.AddRange(binder.Problems);
        var hasPlain = (root as SpecNode.Map)?.Find("plain") is { IsEmpty: false };
        if (!hasPlain) study = study with { Plain = StudySpec.WithoutDropout(study.Dropout) };
        if (problems.All(problem => problem.Severity != SpecSeverity.Error))
            problems.AddRange(StudyRules.Check(study).Where(problem => hasPlain || !problem.Path.StartsWith("plain.", StringComparison.Ordinal)).Select(binder.Locate));
        var usable = problems.All(problem => problem.Severity != SpecSeverity.Error);
        return new StudyResult(usable ? study : null, [.. problems.OrderBy(problem => problem.Line ?? int.MaxValue).ThenBy(problem => problem.Column)]);
    }

    /// <summary>A recipe that is named by its file is read as <c>train</c> would read it.</summary>
    private static SpecNode? WithFile(SpecNode? root, string key, Func<string, string> read, List<SpecProblem> problems)
    {
        if (root is not SpecNode.Map map || map.Find(key) is not SpecNode.Scalar { IsEmpty: false } path) return root;
        SpecNode? recipe = null;
        try
        {
            var result = SpecLoader.Load(read(path.Text), path.Text);
            problems.AddRange(result.Problems);
            if (result.Spec is { } spec) recipe = SpecNodeReader.Read(SpecWriter.Write(spec), path.Text, hasLines: false).Root;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(SpecProblem.Error(key, $"the run spec {SpecScalar.Quote(path.Text)} cannot be read: {failure.Message}").At(path.Mark));
        }

        recipe ??= new SpecNode.Map([], path.Mark); // What is wrong with it is known; the rest is read as well.
        return new SpecNode.Map([.. map.Entries.Select(entry => entry.Value == path ? (entry.Key, recipe) : entry)], map.Mark);
    }
}
