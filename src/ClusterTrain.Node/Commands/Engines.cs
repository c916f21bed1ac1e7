using ClusterTrain.Actors;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;

namespace ClusterTrain.Node.Commands;

/// <summary>The engine that the user named.</summary>
internal sealed class Engines(Surroundings surroundings, TrainRequest request, Action<string> say)
{
    public const string Local = "local";
    public const string Processes = "processes";

    public const string Akka = "akka";

    private static readonly string[] Names = [Local, Processes, Akka];

    public static void RequireKnown(string name)
    {
        if (!Names.Contains(name))
            throw new WrongInputException($"--engine {name}: no such engine{NearestName.Hint(name, Names)}; allowed: {string.Join(", ", Names)}");
    }

    public RunOutcome Run(StoredRun run, RunState start, int incarnation, IRunObserver observer)
    {
        IEngine engine = request.Engine switch
        {
            Akka => new AkkaEngine(AkkaOptions(run), surroundings.Time),
            Processes => new ProcessesEngine(ProcessesOptions(run), surroundings.Time),
            _ => new LocalEngine(new EngineOptions { Workers = request.Workers }, surroundings.Time),
        };
        return engine.Run(EngineRun.Of(run.Context, start, incarnation, run.Folder.FullPath), observer, surroundings.Stop);
    }

    private ProcessesOptions ProcessesOptions(StoredRun run) => new()
    {
        Workers = request.Workers,
        Command = ThisProgram.With(["worker", .. DataArguments()]),
        ProcessesPath = run.Folder.ProcessesPath,
        Say = say,
    };

    private AkkaEngineOptions AkkaOptions(StoredRun run) => new()
    {
        Workers = request.Workers,
        Node = ThisProgram.With("node"),
        ConfigPath = Path.Combine(run.Folder.FullPath, "cluster.conf"),
        ProcessesPath = run.Folder.ProcessesPath,
        Data = request.Data is { } data ? surroundings.PathOf(data) : null,
        Say = say,
    };

    private string[] DataArguments() => request.Data is { } data ? ["--data", surroundings.PathOf(data)] : [];
}
