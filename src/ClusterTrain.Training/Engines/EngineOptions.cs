using ClusterTrain.Training.Server;

namespace ClusterTrain.Training.Engines;

/// <summary>How a run is carried out; none of it can change a bit of the result.</summary>
public sealed record EngineOptions
{
    /// <summary>Workers, 1 to 1,024.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    public LeasePolicy Leases { get; init; } = new();
}
