using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Processes;

/// <summary>Which worker processes there are to be, and how they are started.</summary>
public sealed record FleetOptions
{
    /// <summary>Worker processes, 1 to 1,024; they are named worker-1 and so on.</summary>
    public required int Workers { get; init; }

    /// <summary>From a worker's name to the command that starts it.</summary>
    public required Func<string, ProgramCommand> Command { get; init; }

    /// <summary>Address of the server's plane, for <c>processes.json</c>.</summary>
    public required string Server { get; init; }

    /// <summary>Where <c>processes.json</c> is while the run lives.</summary>
    public required string ProcessesPath { get; init; }

    /// <summary>Whether a worker was shut out of the run: its process ends, and is not started again.</summary>
    public Func<string, bool> IsShutOut { get; init; } = _ => false;

    /// <summary>Steps that the run has made so far: while it makes some, workers that die are started again, however often.</summary>
    public Func<long> Steps { get; init; } = () => 0;

    /// <summary>Told, a line each, of workers that come back, go, or say something.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
