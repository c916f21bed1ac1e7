using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ClusterTrain.Cluster.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// Lets through who shows a certificate of the cluster's authority, and everyone to <see cref="OpenPath"/> alone: probes
/// have no certificates. The handshake lets everyone in, so that who is refused is told why.
/// </summary>
internal sealed class CertificateGate(NodeCertificates certificates)
{
    /// <summary>Open to everyone.</summary>
    public const string OpenPath = "/health";

    private static readonly object Key = new();
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    /// <summary>Judges the certificate of each connection once, when that is made.</summary>
    public TlsHandshakeCallbackOptions Handshake() => new()
    {
        HandshakeTimeout = HandshakePatience,
        OnConnection = context =>
        {
            var items = context.Connection.Items;
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificates.Context,
                ClientCertificateRequired = true,
                AllowTlsResume = false,
#pragma warning disable CA5359 // Judged here, and refused in Pass, where a reason can be given.
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    items[Key] = certificates.WhyNotClient(certificate as X509Certificate2, chain) ?? "";
                    return true;
                },
#pragma warning restore CA5359
            });
        },
    };

    public Task Pass(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments(OpenPath, StringComparison.Ordinal)) return next(http);
        var verdict = http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var value) == true ? value as string : null;
        return verdict is "" ? next(http) : Refusals.Refuse(http, new PlaneRefusal(
            PlaneOutcome.NoCertificate, verdict ?? certificates.WhyNotClient(null, null)!));
    }
}
