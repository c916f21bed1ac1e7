namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>
/// Tests that start many processes: few at once, since a machine that is too busy looks to a cluster like one that died. They wait
/// most of the time, so those whose servers die run beside those whose network or workers fail, and other tests beside both.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests
{
    public const string Name = "clusters";

    /// <summary>Those in which servers die and return.</summary>
    public const string OfServers = "clusters whose servers die";
}

/// <inheritdoc cref="ClusterTests.OfServers"/>
[CollectionDefinition(ClusterTests.OfServers)]
public sealed class ServerClusterTests;
