using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Node.Nodes;

/// <summary>A client for what nodes say to users and to each other on users' behalf.</summary>
internal sealed class ClusterHttp : IDisposable
{
    private readonly PlaneConnections _connections;

    /// <param name="credentials">What is shown to the node.</param>
    /// <param name="patience">How long an answer may take.</param>
    public ClusterHttp(Credentials credentials, TimeSpan patience)
    {
        _connections = new PlaneConnections(credentials);
        Client = _connections.Client();
        Client.Timeout = patience;
    }

    public HttpClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        _connections.Dispose();
    }
}
