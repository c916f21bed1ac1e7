namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>
/// Tests that start many processes: one after the other, since a machine that is too busy looks to a cluster like one that died.
/// They wait most of the time, so other tests run beside them.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests
{
    public const string Name = "clusters";
}
