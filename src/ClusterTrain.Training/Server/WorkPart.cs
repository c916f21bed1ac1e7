namespace ClusterTrain.Training.Server;

/// <summary>Shards of a sum that one worker computed.</summary>
/// <param name="Worker">Who.</param>
/// <param name="First">First shard.</param>
/// <param name="Count">Shards from there on, 1 or more.</param>
public readonly record struct WorkPart(WorkerId Worker, int First, int Count);
