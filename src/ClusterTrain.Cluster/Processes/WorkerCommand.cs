namespace ClusterTrain.Cluster.Processes;

/// <summary>How a worker process is started.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments up to the worker's own.</param>
public sealed record WorkerCommand(string File, IReadOnlyList<string> Arguments);
