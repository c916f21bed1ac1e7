using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Nodes;

/// <summary>A run as a worker takes it up: the server's spec, this machine's data and math.</summary>
internal static class WorkerRun
{
    /// <summary>How many times slower than it is the worker of this name should be: <c>worker-2=10</c>. For trials.</summary>
    public const string SlownessVariable = "CLUSTERTRAIN_SLOW_WORKER";

    /// <summary>The run, or why this machine cannot work for it: a line.</summary>
    public static (RunContext? Context, string? Why) Load(Surroundings surroundings, string text, string math, string? dataFolder)
    {
        try
        {
            var read = SpecLoader.Load(text, "the server's spec", []);
            if (read.Spec is not { } spec)
                return (null, $"its program does not understand the run's spec: {string.Join("; ", read.Errors)}");
            var data = SpecInput.LoadData(surroundings, spec, dataFolder);
            var choice = string.Equals(math, "mkl", StringComparison.Ordinal) ? MathChoice.Mkl : MathChoice.Managed;
            return (new RunContext(spec, data, SpecInput.Math(surroundings).Select(choice).Create), null);
        }
        catch (Exception failure) when (failure is DataException or WrongInputException or MklMissingException)
        {
            return (null, failure.Message.ReplaceLineEndings("; "));
        }
    }

    /// <summary>The factor that the environment names for this worker, 1 without one.</summary>
    public static double SlownessOf(Surroundings surroundings, string name)
    {
        var parts = surroundings.Variable(SlownessVariable)?.Split('=') ?? [];
        return parts.Length == 2 && parts[0] == name
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var factor) ? Math.Max(1, factor) : 1;
    }
}
