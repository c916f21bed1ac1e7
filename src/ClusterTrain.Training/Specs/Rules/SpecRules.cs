using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Every check across keys, and those that need the data set.</summary>
public static class SpecRules
{
    // The largest number of floats in one block of memory.
    private const long MostWeights = 2_147_483_591 - 16;

    public static readonly IReadOnlyList<SpecRule> All =
    [
        .. NameRules.All, .. DataRules.All, .. InitializationRules.All, .. NetworkRules.All, .. TrainingRules.All, .. AugmentationRules.All,
        .. TechniqueRules.All, .. AttackRules.All, .. ObjectiveRules.All, .. EvaluationRules.All,
    ];

    /// <param name="failed">Paths that could not be read; rules that look at them are left out.</param>
    public static IEnumerable<SpecProblem> Check(RunSpec spec, IReadOnlyCollection<string> failed)
    {
        var patterns = failed.Select(SpecPath.Pattern).ToList();
        return All
            .Where(rule => !rule.Reads.Any(read => patterns.Any(pattern => SpecPath.Touch(pattern, read))))
            .SelectMany(rule => rule.Check(spec));
    }

    /// <summary>What a valid spec asks of a data set that the data set does not have.</summary>
    /// <param name="input">Shape of one example.</param>
    /// <param name="trainRows">Rows of the split, not of the file; so for the other two.</param>
    public static IReadOnlyList<SpecProblem> AgainstData(
        RunSpec spec, MapShape input, int classes, int trainRows, int validationRows, int testRows)
    {
        var layers = spec.Network.Layers;
        var problems = new List<SpecProblem>();
        if (layers[^1].Scores is { } scores && scores != classes)
        {
            problems.Add(SpecProblem.Error(
                SpecPath.Item("network.layers", layers.Count - 1) + ".units",
                $"the last layer has {scores} units; {spec.Data.Name} has {classes} classes, and each wants one unit"));
        }

        var places = LayerWalk.Over(input, layers);
        problems.AddRange(places.SelectMany(place => place.All).SelectMany(Misplaced));
        problems.AddRange(ObjectiveRules.HasVariance(spec, places));
        if (input is { Channels: 1, Area: > 1 } && layers is [DropoutLayer { Rate: > 0 }, Conv2dLayer, ..])
        {
            problems.Add(SpecProblem.Warning(
                SpecPath.Item("network.layers", 0),
                $"dropout before conv2d drops whole channels, and {spec.Data.Name} has one: a shard sees its pictures or nothing"));
        }

        problems.AddRange(AugmentationRules.AgainstData(spec, input));
        problems.AddRange(AttackRules.AgainstClasses(spec, classes));
        if (input.Area > 1) problems.AddRange(AttackRules.AgainstPictures(spec));
        var rows = new[]
        {
            ("batch.size", spec.Batch.Size, trainRows, "training"),
            ("evaluation.validationAttackRows", spec.Evaluation.ValidationAttackRows, validationRows, "validation"),
            ("evaluation.testAttackRows", spec.Evaluation.TestAttackRows, testRows, "test"),
        };
        problems.AddRange(rows
            .Where(row => row.Item2 > row.Item3)
            .Select(row => SpecProblem.Error(row.Item1, TooFewRows(row.Item2, row.Item3, row.Item4))));
        return problems;
    }

    /// <summary>The same for rows of plain features.</summary>
    public static IReadOnlyList<SpecProblem> AgainstData(
        RunSpec spec, int features, int classes, int trainRows, int validationRows, int testRows) =>
        AgainstData(spec, MapShape.Flat(features), classes, trainRows, validationRows, testRows);

    /// <summary>What an attack from the command line asks of the data's classes; null when nothing is missing.</summary>
    public static SpecProblem? AttackAgainstData(Attack attack, int classes) =>
        AttackRules.AgainstClasses(attack, "method", classes);

    internal static string TooFewRows(int wanted, int rows, string split) =>
        $"{wanted} rows are wanted; there are {rows} {split} rows";

    private static IEnumerable<SpecProblem> Misplaced(LayerPlace place)
    {
        var path = LayerSchema.PathOf(place.Path);
        if (place.Problem is { } problem)
            yield return SpecProblem.Error(path, problem);
        if (place.Weights <= MostWeights)
            yield break;
        yield return SpecProblem.Error(
            SpecPath.Child(path, place.Layer.SizeOption),
            $"{place.Input} to {place.Output} takes {place.Weights} weights; at most {MostWeights} fit one layer");
    }
}
