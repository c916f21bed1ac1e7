using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Export;
using ClusterTrain.Runs.Import;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Node.Cli;

/// <summary>Turns what went wrong into lines on standard error and an exit code: no stack trace unless asked for.</summary>
internal static class Guard
{
    public static int Run(Surroundings surroundings, bool verbose, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception failure)
        {
            foreach (var line in Lines(failure)) surroundings.Error.WriteLine($"error: {line}");
            if (verbose) surroundings.Error.WriteLine(failure);
            return IsInput(failure) ? ExitCode.WrongInput : ExitCode.Failed;
        }
    }

    private static bool IsInput(Exception failure) =>
        failure is WrongInputException or DataException or NodeSettingsException or FileFailureException or CheckpointException
            or TransferException or MklMissingException or MathMismatchException or ExportException or ImportException;

    public static IEnumerable<string> Lines(Exception failure) => failure switch
    {
        WrongInputException input => input.Problems,
        DataException data => data.Problems,
        NodeSettingsException node => node.Problems,
        AggregateException all => all.Flatten().InnerExceptions.SelectMany(Lines).Distinct(),
        RunFolderGoneException or FileFailureException or CheckpointException or TransferException or MklMissingException or MathMismatchException
            or WorkerFailedException or ClusterException or ExportException or ImportException => [failure.Message],
        OutOfMemoryException => ["the run does not fit into memory: fewer --workers or a smaller network may help"],
        _ => [$"{failure.Message} ({failure.GetType().Name}; --verbose shows where)"],
    };
}
