namespace ClusterTrain.Cluster.Nodes;

/// <summary>Certificates of a node, for Akka.Remote and for the plane.</summary>
/// <param name="Certificate">Path of a PFX with this node's certificate and key.</param>
/// <param name="Password">Of the PFX; may be empty.</param>
/// <param name="Authority">Path of the PEM of the authority that signed every node's and client's certificate.</param>
public sealed record TlsSettings(string Certificate, string Password, string Authority)
{
    /// <summary>Without the password: settings end up in logs.</summary>
    public override string ToString() => $"{Certificate}, authority {Authority}";
}
