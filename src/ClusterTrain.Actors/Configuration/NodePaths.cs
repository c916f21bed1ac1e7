namespace ClusterTrain.Actors.Configuration;

/// <summary>The actors of a node that other nodes find by their path; no others can be found so.</summary>
internal static class NodePaths
{
    public const string Membership = "membership";
    public const string Coordinator = "coordinator";
    public const string Server = "parameter-server";

    /// <summary>Akka's own that a cluster needs, what servers agree by, and those that the protocol names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/system/remote-watcher", "/user/ddataReplicator",
        $"/user/{Membership}", $"/user/{Coordinator}", $"/user/{Server}", $"/user/{Server}/singleton",
    ];
}
