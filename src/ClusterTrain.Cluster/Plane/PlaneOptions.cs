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

    /// <summary>What every request must show; null for a plane that certificates guard, or nothing.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Names under which it may be asked, beside localhost and addresses; with TLS any that its certificate has.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Connections at once, 1 or more; default 2,048. A worker has two or three.</summary>
    public int MostConnections { get; init; } = 2048;

    /// <summary>Whether plain HTTP may be spoken with other machines; and a plane stand open to everyone who can reach it; default false.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Longest tensor that is taken, in bytes, 4 or more; default 4 GiB.</summary>
    public long MostBytes { get; init; } = 1L << 32;
}
