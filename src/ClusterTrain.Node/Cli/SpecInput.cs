using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Caching;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Footprint;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Node.Cli;

/// <summary>From what the user named to a valid spec and its data, or every problem at once.</summary>
internal static class SpecInput
{
    private const string EmbeddedName = "quickstart (embedded)";

    /// <param name="surroundings">Warnings go to its standard error.</param>
    /// <param name="path">A file, or null for the embedded default.</param>
    /// <param name="sets">Overrides.</param>
    public static RunSpec Load(Surroundings surroundings, string? path, IReadOnlyList<string> sets)
    {
        var text = path is null ? ShippedSpecs.Quickstart() : Read(surroundings, path, "spec");
        var result = SpecLoader.Load(text, path ?? EmbeddedName, sets);
        foreach (var warning in result.Warnings) surroundings.Error.WriteLine(warning);
        return result.Spec ?? throw new WrongInputException([.. result.Errors.Select(Text)]);
    }

    /// <summary>The data of a spec, checked against it.</summary>
    /// <param name="warns">Whether to say what is unusual, too: once, where the user starts something.</param>
    public static Dataset LoadData(Surroundings surroundings, RunSpec spec, string? dataFolder, bool warns = false) =>
        Checked(spec, DatasetLoader.Load(spec.Data, Locations(surroundings, dataFolder)), warns ? surroundings.Error : TextWriter.Null);

    /// <summary>The data themselves, when the spec asks nothing of them that they do not have.</summary>
    public static Dataset Checked(RunSpec spec, Dataset data, TextWriter warnings)
    {
        Check(spec, DataExtent.Of(data), warnings);
        return data;
    }

    /// <summary>What a spec asks of data, as far as their shape, classes and numbers of rows tell.</summary>
    public static void Check(RunSpec spec, DataExtent data, TextWriter warnings)
    {
        var input = MapShape.Of(data.InputShape);
        List<SpecProblem> problems =
        [
            .. SpecRules.AgainstData(spec, input, data.Classes, data.TrainRows, data.ValidationRows, data.TestRows),
            .. SizeRules.Of(spec, input),
        ];
        foreach (var warning in problems.Where(problem => problem.Severity == SpecSeverity.Warning)) warnings.WriteLine(warning);
        var errors = problems.Where(problem => problem.Severity == SpecSeverity.Error).Select(Text).ToList();
        if (errors.Count > 0) throw new WrongInputException(errors);
    }

    /// <summary>The backends of this machine to choose from.</summary>
    public static MathSelector Math(Surroundings surroundings) => MathSelector.Of(surroundings.Time, surroundings.Variable);

    public static DataLocations Locations(Surroundings surroundings, string? dataFolder)
    {
        if (dataFolder is not null && !Directory.Exists(surroundings.PathOf(dataFolder)))
            throw new WrongInputException($"--data {dataFolder}: there is no such folder");
        return DataLocations.Of(dataFolder, surroundings.Variable(DataLocations.Variable), surroundings.Folder) with
        {
            Cache = RowCache.Of(surroundings.Variable, surroundings.Folder, surroundings.Time, surroundings.Error.WriteLine),
        };
    }

    /// <summary>The text of a file that the user named.</summary>
    /// <param name="what">What it should hold, for the message.</param>
    public static string Read(Surroundings surroundings, string path, string what)
    {
        try
        {
            return File.ReadAllText(surroundings.PathOf(path));
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw new WrongInputException($"{path}: the {what} cannot be read: {failure.Message}");
        }
    }

    // The guard says "error:" itself.
    public static string Text(SpecProblem problem) => problem.Plain();
}
