namespace ClusterTrain.Cluster.Processes;

/// <summary>How a worker process is started.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record WorkerCommand(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>Environment variables beside this process's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The same with more arguments.</summary>
    public WorkerCommand With(params IEnumerable<string> arguments) => this with { Arguments = [.. Arguments, .. arguments] };
}
