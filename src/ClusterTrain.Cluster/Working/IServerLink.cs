using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Working;

/// <summary>How a worker and its server reach each other: HTTP on one machine, actors between many.</summary>
public interface IServerLink : IDisposable
{
    /// <summary>Says something; may be lost, never blocks for long and never throws for it.</summary>
    void Send(IClusterMessage message);

    /// <summary>Called with what the server says, on any thread.</summary>
    Action<IClusterMessage>? Received { get; set; }
}
