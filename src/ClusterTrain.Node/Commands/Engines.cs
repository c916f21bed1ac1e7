using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>The engine that the user named, with what it needs of this machine.</summary>
/// <param name="name">One of <see cref="Local"/>, <see cref="Processes"/> and <see cref="Akka"/>.</param>
/// <param name="workers">1 to 1,024.</param>
/// <param name="data">Folder of data sets, or null.</param>
/// <param name="say">Told a line of workers that come and go.</param>
internal sealed class Engines(Surroundings surroundings, string name, int workers, string? data, Action<string> say) : IEngine
{
    public const string Local = "local";
    public const string Processes = "processes";
    public const string Akka = "akka";

    private static readonly string[] Names = [Local, Processes, Akka];

    public string Name => name;

    public static void RequireKnown(string name)
    {
        if (!Names.Contains(name))
            throw new WrongInputException($"--engine {name}: no such engine{NearestName.Hint(name, Names)}; allowed: {string.Join(", ", Names)}");
    }

    public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
    {
        IEngine engine = name switch
        {
            Akka => new AkkaEngine(AkkaOptions(new RunFolder(run.Folder!)), surroundings.Time),
            Processes => new ProcessesEngine(ProcessesOptions(new RunFolder(run.Folder!)), surroundings.Time),
            _ => new LocalEngine(new EngineOptions { Workers = workers }, surroundings.Time),
        };
        return engine.Run(run, observer, stop);
    }

    private ProcessesOptions ProcessesOptions(RunFolder folder) => new()
    {
        Workers = workers,
        Command = ThisProgram.With(["worker", .. data is null ? (string[])[] : ["--data", surroundings.PathOf(data)]]),
        ProcessesPath = folder.ProcessesPath,
        Say = say,
    };

    private AkkaEngineOptions AkkaOptions(RunFolder folder) => new()
    {
        Workers = workers,
        Node = ThisProgram.With("node"),
        ConfigPath = folder.PathOf("cluster.conf"),
        ProcessesPath = folder.ProcessesPath,
        Data = data is null ? null : surroundings.PathOf(data),
        Say = say,
    };
}
