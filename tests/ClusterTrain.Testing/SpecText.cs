using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Testing;

/// <summary>Shortens the tests of specs.</summary>
public static class SpecText
{
    public static SpecResult Load(string yaml, params string[] sets) => SpecLoader.Load(yaml, "test.yaml", sets);

    /// <summary>The spec, which must be without any problem.</summary>
    public static RunSpec Clean(string yaml, params string[] sets)
    {
        var result = Load(yaml, sets);
        Assert.Empty(result.Problems);
        return result.Spec!;
    }

    /// <summary>The one problem, an error.</summary>
    public static SpecProblem OnlyError(string yaml, params string[] sets)
    {
        var result = Load(yaml, sets);
        Assert.Null(result.Spec);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(SpecSeverity.Error, problem.Severity);
        return problem;
    }

    /// <summary>The one problem, a warning.</summary>
    public static SpecProblem OnlyWarning(string yaml, params string[] sets)
    {
        var result = Load(yaml, sets);
        Assert.NotNull(result.Spec);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(SpecSeverity.Warning, problem.Severity);
        return problem;
    }

    /// <summary>A network whose layers are given in flow form, <c>dense 3, relu, dropout 0.5</c>.</summary>
    public static string Layers(string layers) =>
        "network: { layers: [" + string.Join(", ", layers.Split(", ").Select(Layer)) + "] }\n";

    /// <summary>Root of the repository.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ClusterTrain.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No ClusterTrain.sln above the tests.");
        return folder.FullName;
    }

    private static string Layer(string layer) => layer.Split(' ') switch
    {
        ["dense", var units] => $"{{ type: dense, units: {units} }}",
        ["dropout", var rate] => $"{{ type: dropout, rate: {rate} }}",
        _ => $"{{ type: {layer} }}",
    };
}
