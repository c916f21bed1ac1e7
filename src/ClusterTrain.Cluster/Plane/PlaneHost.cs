using System.Net;
using ClusterTrain.Cluster.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Cluster.Plane;

/// <summary>A process's HTTP port: its tensors, and whatever else is mapped beside them.</summary>
public sealed class PlaneHost : IDisposable
{
    // Of everything but tensors, which have a cap of their own.
    private const long MostOtherBytes = 2 << 20;
    private const long BufferedBytes = 1 << 20;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    // Whom nothing is heard of for this long, in the middle of a tensor, gives its memory back.
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(30));

    // Who connects and says nothing has a place that others want.
    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly NodeCertificates? _certificates;

    private PlaneHost(WebApplication app, NodeCertificates? certificates) => (_app, _certificates) = (app, certificates);

    /// <summary>Base address that is listened on, with the port that was free: <c>http://127.0.0.1:4080/</c>.</summary>
    public string Address => _app.Urls.First().TrimEnd('/') + "/";

    /// <summary>Listens from now on.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="store">The tensors.</param>
    /// <param name="more">Maps what else the port serves.</param>
    /// <exception cref="NodeSettingsException">Strangers would be let in, or plain HTTP spoken beyond this machine; or a certificate is no good.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static PlaneHost Start(PlaneOptions options, ITensorStore store, Action<IEndpointRouteBuilder> more)
    {
        RequireSafe(options);
        var certificates = options.Tls is { } tls ? NodeCertificates.Load(tls) : null;
        var certificateGate = certificates is null ? null : new CertificateGate(certificates);
        var app = Build(options, certificateGate);
        app.Use(new PlaneGate(options, certificateGate).Pass);
        app.Use(Refusals.Guard);
        app.UseRouting();
        new TensorRoutes(store, options.MostBytes).Map(app);
        more(app);
        app.UseEndpoints(_ => { });
        var host = new PlaneHost(app, certificates);
        try
        {
            app.StartAsync().GetAwaiter().GetResult();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            _app.StopAsync(limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Who is in the middle of something is cut off.
        }

        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _certificates?.Dispose();
    }

    private static void RequireSafe(PlaneOptions options)
    {
        if (options.Tls is not null || options.AllowPlaintext) return;
        if (IPAddress.IsLoopback(options.Endpoint.Address))
        {
            if (options.Secret is not null) return;
            throw new NodeSettingsException([
                $"{options.Endpoint}: every user of this machine can reach this address, and there is no secret: set {ClusterSecret.Variable} or {ClusterSecret.FileVariable}",
            ]);
        }

        throw new NodeSettingsException([
            $"{options.Endpoint}: other machines can reach this address, and there is no tls: set tls.certificate, tls.password and tls.ca, "
            + "or say allow-plaintext = true where everyone on the network may change the run",
        ]);
    }

    private static WebApplication Build(PlaneOptions options, CertificateGate? gate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MostConnections;
            kestrel.Limits.RequestHeadersTimeout = HeadPatience;
            kestrel.Limits.MaxRequestBodySize = MostOtherBytes;
            kestrel.Limits.MaxRequestBufferSize = BufferedBytes;
            kestrel.Limits.MaxResponseBufferSize = BufferedBytes;
            kestrel.Limits.MinRequestBodyDataRate = Slowest;
            kestrel.Limits.MinResponseDataRate = Slowest;
            kestrel.Listen(options.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (gate is not null) listen.UseHttps(gate.Handshake());
            });
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new PlaneBlocks.Factory());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
