using ClusterTrain.Cluster.Processes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Runs;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;

namespace ClusterTrain.Node.Commands;

/// <summary>The engine that the user named.</summary>
internal sealed class Engines(Surroundings surroundings, TrainRequest request, Action<string> say)
{
    public const string Local = "local";
    public const string Processes = "processes";

    private static readonly string[] Names = [Local, Processes];

    public static void RequireKnown(string name)
    {
        if (!Names.Contains(name))
            throw new WrongInputException($"--engine {name}: no such engine{NearestName.Hint(name, Names)}; allowed: {string.Join(", ", Names)}");
    }

    public RunOutcome Run(StoredRun run, RunState start, int incarnation, IRunObserver observer)
    {
        if (request.Engine == Local)
            return new LocalEngine(new EngineOptions { Workers = request.Workers }, surroundings.Time)
                .Run(run.Context, start, observer, surroundings.Stop);
        var options = new ProcessesOptions
        {
            Workers = request.Workers,
            Command = ThisProgram.With(["worker", .. DataArguments()]),
            ProcessesPath = run.Folder.ProcessesPath,
            Say = say,
        };
        var key = new RunKey(run.Context.Spec.Name, incarnation);
        return new ProcessesEngine(options, surroundings.Time)
            .Run(key, SpecWriter.Write(run.Context.Spec), run.Context, start, observer, surroundings.Stop);
    }

    private string[] DataArguments() => request.Data is { } data ? ["--data", surroundings.PathOf(data)] : [];
}
