using System.Net;

namespace ClusterTrain.Cluster.Plane;

public sealed record PlaneOptions
{
    /// <summary>Where to listen; port 0 takes any free one.</summary>
    public required IPEndPoint Endpoint { get; init; }
}
