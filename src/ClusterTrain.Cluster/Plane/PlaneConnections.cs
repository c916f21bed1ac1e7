using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// The connections of a process to planes: one pool for everything that it says to them. As many to a server as are in
/// use at once, so that a request that waits for news never holds up a tensor.
/// </summary>
public sealed class PlaneConnections : IDisposable
{
    /// <summary>How long a server may be silent in the middle of something; longer than any wait for news.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Connection, Uri> _open = new();
    private readonly NodeCertificates? _certificates;
    private readonly ClusterSecret? _secret;
    private readonly SocketsHttpHandler _handler;

    /// <param name="credentials">What is shown to planes; null for nothing, over plain http.</param>
    /// <exception cref="NodeSettingsException">A certificate is no good.</exception>
    public PlaneConnections(Credentials? credentials)
    {
        _certificates = credentials?.Tls is { } tls ? NodeCertificates.Load(tls) : null;
        _secret = credentials?.Secret;
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectPatience,
            Expect100ContinueTimeout = ConnectPatience,
            ConnectCallback = (context, stop) => Connect(context.InitialRequestMessage.RequestUri!, stop),
        };
        if (_certificates is not { } certificates) return;
        _handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificates.Context,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (stream, certificate, chain, _) => Judge(certificates, (SslStream)stream, certificate, chain),
        };
    }

    /// <summary>A client over these connections; disposing of it leaves them open.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient(_handler, disposeHandler: false);
        client.DefaultRequestHeaders.Authorization = _secret?.Header;
        return client;
    }

    /// <summary>
    /// Closes all connections to a server. Whoever reads or writes one of them, which nothing else could interrupt, is told that it
    /// is broken.
    /// </summary>
    public void Close(Uri server)
    {
        foreach (var (connection, to) in _open)
            if (Uri.Compare(to, server, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
                connection.Socket.Dispose();
    }

    /// <exception cref="NodeSettingsException">The address does not fit the certificates: they are never left aside in silence.</exception>
    public void RequireFits(Uri server)
    {
        var wanted = _certificates is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        if (server.Scheme == wanted) return;
        throw new NodeSettingsException([_certificates is null
            ? $"{server}: https needs tls.certificate, tls.password and tls.ca here too"
            : $"{server}: this node has certificates, and the server speaks plain http: give both tls, or neither"]);
    }

    public void Dispose()
    {
        _handler.Dispose();
        _certificates?.Dispose();
    }

    private async ValueTask<Stream> Connect(Uri server, CancellationToken stop)
    {
        // Tensors are written whole: waiting for more to send only costs time. The kernel sizes the buffers by itself.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds,
        };
        try
        {
            await socket.ConnectAsync(server.IdnHost, server.Port, stop).ConfigureAwait(false);
            var connection = new Connection(socket, _open);
            _open[connection] = server;
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // An exception, not false: it carries the reason to whoever asked.
    private static bool Judge(NodeCertificates certificates, SslStream stream, X509Certificate? certificate, X509Chain? chain) =>
        certificates.WhyNotServer(certificate as X509Certificate2, chain, stream.TargetHostName) is { } why
            ? throw new AuthenticationException(why) : true;

    private sealed class Connection(Socket socket, ConcurrentDictionary<Connection, Uri> open) : NetworkStream(socket, ownsSocket: true)
    {
        protected override void Dispose(bool disposing)
        {
            open.TryRemove(this, out _);
            base.Dispose(disposing);
        }
    }
}
