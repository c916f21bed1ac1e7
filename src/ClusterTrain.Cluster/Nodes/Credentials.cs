namespace ClusterTrain.Cluster.Nodes;

/// <summary>By what a process is known to the planes that it talks to.</summary>
/// <param name="Tls">Its certificates, for https; null for plain http.</param>
/// <param name="Secret">The cluster's secret; null for a cluster that asks for none.</param>
public sealed record Credentials(TlsSettings? Tls = null, ClusterSecret? Secret = null);
