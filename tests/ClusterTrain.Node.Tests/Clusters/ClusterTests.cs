namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>
/// Tests that start many processes: few at once, since a machine that is too busy looks to a cluster like one that died. They wait
/// most of the time, so those whose servers die, whose network fails and whose workers fail run beside one another.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests
{
    public const string Name = "clusters";

    /// <summary>Those in which servers die and return.</summary>
    public const string OfServers = "clusters whose servers die";

    /// <summary>Those that are cut apart.</summary>
    public const string OfNetworks = "clusters whose network fails";
}

/// <inheritdoc cref="ClusterTests.OfServers"/>
[CollectionDefinition(ClusterTests.OfServers)]
public sealed class ServerClusterTests;

/// <inheritdoc cref="ClusterTests.OfNetworks"/>
[CollectionDefinition(ClusterTests.OfNetworks)]
public sealed class NetworkClusterTests;
