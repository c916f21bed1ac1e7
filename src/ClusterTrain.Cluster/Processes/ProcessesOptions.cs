using ClusterTrain.Training.Server;

namespace ClusterTrain.Cluster.Processes;

/// <summary>How the <c>processes</c> engine carries a run out; none of it can change a bit of the result.</summary>
public sealed record ProcessesOptions
{
    /// <summary>Worker processes, 1 to 1,024.</summary>
    public required int Workers { get; init; }

    /// <summary>Starts a worker, which is told its server and its name by further arguments.</summary>
    public required WorkerCommand Command { get; init; }

    /// <summary>Where <c>processes.json</c> is while the run lives.</summary>
    public required string ProcessesPath { get; init; }

    /// <summary>When work is given to a second worker: half as long again as usual, 100 ms at least.</summary>
    public LeasePolicy Leases { get; init; } = new() { Shortest = TimeSpan.FromMilliseconds(100), Patience = 1.5 };

    /// <summary>Told, a line each, of workers that come back, go, or say something.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
