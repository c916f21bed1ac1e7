using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>A finished or interrupted run as a command's argument.</summary>
internal static class RunArgument
{
    public static Argument<string> Create() => new("RUN") { Description = "A run's folder, such as runs/quickstart." };

    /// <summary>The run with its spec and data loaded.</summary>
    /// <param name="withStart">Whether its first state can be made as well, which may need weights of another run.</param>
    public static StoredRun Open(Surroundings surroundings, string path, string? data, bool withStart = false)
    {
        var folder = RunFolders.Existing(surroundings, path);
        var spec = SpecInput.Load(surroundings with { Error = TextWriter.Null }, folder.SpecPath, []);
        var source = withStart ? TransferInput.Open(surroundings, spec).Source : null;
        var products = SpecInput.Math(surroundings).Select(spec.Math, RecordedMath.Of(folder, spec)).Create;
        return new StoredRun(folder, new RunContext(spec, SpecInput.LoadData(surroundings, spec, data), products, source));
    }
}
