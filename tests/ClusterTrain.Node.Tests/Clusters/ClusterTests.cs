namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>
/// Tests that start many processes: one after the other and nothing beside them, since a machine that is too busy looks to
/// a cluster like one that died.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterTests
{
    public const string Name = "clusters";
}
