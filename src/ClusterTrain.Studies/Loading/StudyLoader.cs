using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Loading;

/// <summary>A study that was read, or everything that is wrong with it.</summary>
/// <param name="Study">Null when any problem is an error.</param>
/// <param name="Problems">All at once, in the order of the text.</param>
public sealed record StudyResult<T>(T? Study, IReadOnlyList<SpecProblem> Problems)
    where T : class
{
    public IEnumerable<SpecProblem> Errors => Problems.Where(problem => problem.Severity == SpecSeverity.Error);

    public IEnumerable<SpecProblem> Warnings => Problems.Where(problem => problem.Severity == SpecSeverity.Warning);
}

/// <summary>Where a study comes from.</summary>
/// <param name="Text">YAML.</param>
/// <param name="Name">What problems name as their place: a file name.</param>
/// <param name="Read">The text of a file that the study names, by its path as written; throws what the file system does.</param>
public sealed record StudySource(string Text, string Name, Func<string, string> Read)
{
    /// <summary>Overrides, <c>path=value</c>.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];
}

/// <summary>How a run spec that a study names by its file becomes a part of the study's tree; problems go into the list.</summary>
internal delegate SpecNode? RecipeReader(string text, string file, List<SpecProblem> problems);

/// <summary>
/// Reads the file of a study of any kind: run specs that it names stand in it as if they had been written there, overrides
/// are applied, and all that is wrong is reported at once.
/// </summary>
internal static class StudyLoader
{
    /// <param name="recipes">Keys that hold a run spec or the path of its file.</param>
    /// <param name="reader">Reads such a file.</param>
    /// <param name="bind">Makes the study of its tree, and says what is wrong with it.</param>
    public static StudyResult<T> Load<T>(
        StudySource source, IReadOnlyList<string> recipes, RecipeReader reader, Func<SpecNode?, List<SpecProblem>, T?> bind)
        where T : class
    {
        var problems = new List<SpecProblem>();
        var (root, unreadable) = SpecNodeReader.Read(source.Text, source.Name);
        if (unreadable is not null) problems.Add(unreadable);
        root = recipes.Aggregate(root, (tree, recipe) => WithFile(tree, recipe, source, reader, problems));
        root = SpecOverride.ApplyAll(root, source.Sets, problems);
        root = recipes.Aggregate(root, (tree, recipe) => WithFile(tree, recipe, source, reader, problems));

        // Overrides are checked even when the file is not readable; the study would be judged by keys that it may have.
        var study = unreadable is null ? bind(root, problems) : null;
        var usable = problems.TrueForAll(problem => problem.Severity != SpecSeverity.Error);
        return new(usable ? study : null, [.. problems.Distinct().OrderBy(problem => problem.Line ?? int.MaxValue).ThenBy(problem => problem.Column)]);
    }

    /// <summary>A recipe's file as it is written.</summary>
    public static SpecNode? AsWritten(string text, string file, List<SpecProblem> problems)
    {
        var (root, unreadable) = SpecNodeReader.Read(text, file);
        if (unreadable is not null) problems.Add(unreadable);
        if (root is null or SpecNode.Map) return root;
        problems.Add(SpecProblem.Error("", $"wants a mapping with the keys of a run spec; {root.Description} is given").At(root.Mark));
        return null;
    }

    /// <summary>A recipe's file as <c>train</c> would read it, every default filled in.</summary>
    public static SpecNode? FilledIn(string text, string file, List<SpecProblem> problems)
    {
        var result = SpecLoader.Load(text, file);
        problems.AddRange(result.Problems);
        return result.Spec is { } spec ? SpecNodeReader.Read(SpecWriter.Write(spec), file, hasLines: false).Root : null;
    }

    private static SpecNode? WithFile(SpecNode? root, string key, StudySource source, RecipeReader reader, List<SpecProblem> problems)
    {
        if (root is not SpecNode.Map map || map.Find(key) is not SpecNode.Scalar { IsEmpty: false } path) return root;
        SpecNode? recipe = null;
        try
        {
            recipe = reader(source.Read(path.Text), path.Text, problems);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            problems.Add(SpecProblem.Error(key, $"the run spec {SpecScalar.Quote(path.Text)} cannot be read: {failure.Message}").At(path.Mark));
        }

        recipe ??= new SpecNode.Map([], path.Mark); // What is wrong with it is known; the rest is read as well.
        return new SpecNode.Map([.. map.Entries.Select(entry => entry.Value == path ? (entry.Key, recipe) : entry)], map.Mark);
    }
}
