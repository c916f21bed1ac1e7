using System.Net;

namespace ClusterTrain.Cluster.Nodes;

/// <summary>What one node of a cluster is and where. Read from a file of <c>cluster-config/</c> and the environment.</summary>
public sealed record NodeSettings
{
    /// <summary>The server's role: the active one and its stand-bys.</summary>
    public const string Server = "server";

    public const string Trainer = "trainer";

    public const string Adversary = "adversary";

    /// <summary>Environment variable that goes before the file's <c>roles</c>.</summary>
    public const string RolesVariable = "CLUSTERTRAIN_ROLES";

    /// <summary>Any of server, trainer and adversary; one or more.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>For people: how progress and errors name this node's worker; unique in the cluster. Null: its host and port.</summary>
    public string? Name { get; init; }

    /// <summary>Name or address by which others reach this node; default 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Address that is listened on; default the host.</summary>
    public string? Bind { get; init; }

    /// <summary>Port of Akka.Remote, 0 to 65535, 0 for any free one; default 4053.</summary>
    public int RemotingPort { get; init; } = 4053;

    /// <summary>Port of tensors, control, health and metrics, 0 to 65535, 0 for any free one; default 4080.</summary>
    public int PlanePort { get; init; } = 4080;

    /// <summary>host:port of the nodes that a new one asks to be let in; the first may form the cluster by itself.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Folder of runs of a server: shared with the others, or its own, into which it copies theirs; default runs.</summary>
    public string Runs { get; init; } = "runs";

    /// <summary>Folder of data sets, or null for where the program looks by itself.</summary>
    public string? Data { get; init; }

    /// <summary>Items that this node executes at once, 0 to 1024; default 0, one a core.</summary>
    public int Workers { get; init; }

    /// <summary>Further names under which users ask this node's plane, beside <see cref="Host"/>, localhost and addresses; default none.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The place that it stands in, such as a zone of a cloud: parameters rather come from workers of the same one; default none.</summary>
    public string Zone { get; init; } = "";

    public TlsSettings? Tls { get; init; }

    /// <summary>What every node and user of the cluster must know; null: nothing is asked.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Whether to listen beyond this machine without TLS; default false.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>By what this node is known to others.</summary>
    public Credentials Credentials => new(Tls, Secret);

    /// <summary>Whether only this machine can reach this node.</summary>
    public bool IsLocal => IsLoopback(Host) && IsLoopback(Bind ?? Host);

    /// <summary>Whether a name or address is one of this machine alone.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
