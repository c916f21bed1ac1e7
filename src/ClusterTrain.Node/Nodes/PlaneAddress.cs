using System.Net;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Nodes;

/// <summary>Where a node listens, and under which address others find it.</summary>
internal static class PlaneAddress
{
    /// <exception cref="WrongInputException">The name of the host is nobody's.</exception>
    public static IPEndPoint EndpointOf(NodeSettings settings)
    {
        var host = settings.Bind ?? settings.Host;
        if (IPAddress.TryParse(host, out var address)) return new IPEndPoint(address, settings.PlanePort);
        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host)[0], settings.PlanePort);
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException or ArgumentException)
        {
            throw new WrongInputException($"host {host}: {failure.Message}; a name or address of this machine is wanted");
        }
    }

    /// <param name="settings">The host as others know it.</param>
    /// <param name="listening">The address that is listened on, with the port that was free.</param>
    public static string Of(NodeSettings settings, string listening) =>
        new UriBuilder(settings.Tls is null ? "http" : "https", settings.Host, new Uri(listening).Port).Uri.AbsoluteUri;
}
