using ClusterTrain.Cluster.Processes;

namespace ClusterTrain.Node.Nodes;

/// <summary>How the <c>akka</c> engine carries a run out on one machine; none of it can change a bit of the result.</summary>
internal sealed record AkkaEngineOptions
{
    /// <summary>Worker processes, 1 to 1,024.</summary>
    public required int Workers { get; init; }

    /// <summary>Starts a node, which is told its configuration by further arguments.</summary>
    public required WorkerCommand Node { get; init; }

    /// <summary>Where the nodes' configuration is while the run lives.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Where <c>processes.json</c> is while the run lives.</summary>
    public required string ProcessesPath { get; init; }

    /// <summary>Folder of data sets, or null for where the program looks by itself.</summary>
    public string? Data { get; init; }

    /// <summary>Told, a line each, of workers that come back, go, or say something.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
