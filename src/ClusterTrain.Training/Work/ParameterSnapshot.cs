namespace ClusterTrain.Training.Work;

/// <summary>The parameters at one version: the full network's flat vector.</summary>
public sealed record ParameterSnapshot(long Version, ReadOnlyMemory<float> Parameters);
