using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Node.Nodes;

/// <summary>A client for what nodes say to users and to each other on users' behalf.</summary>
internal static class ClusterHttp
{
    public static HttpClient Client(TlsSettings? tls, TimeSpan patience)
    {
        _ = tls;
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = patience };
    }
}
