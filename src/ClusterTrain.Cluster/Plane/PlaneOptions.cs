using System.Net;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Cluster.Plane;

/// <summary>Where and how a plane listens.</summary>
public sealed record PlaneOptions
{
    /// <summary>Where to listen; port 0 takes any free one.</summary>
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>HTTPS with client certificates, or null for plain HTTP.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Whether plain HTTP may be spoken with other machines; default false.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Longest tensor that is taken, in bytes, 4 or more; default 4 GiB.</summary>
    public long MostBytes { get; init; } = 1L << 32;
}
