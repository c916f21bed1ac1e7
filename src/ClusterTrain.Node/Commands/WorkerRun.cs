using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>A run as a worker takes it up: the server's spec, this machine's data and math.</summary>
internal static class WorkerRun
{
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
}
