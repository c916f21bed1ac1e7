using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ClusterTrain.Cluster.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// Judges the certificates that clients show. The handshake lets everyone in, so that who is refused is told why.
/// </summary>
internal sealed class CertificateGate(NodeCertificates certificates)
{
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
#pragma warning disable CA5359 // Judged here, and refused in WhyNot, where a reason can be given.
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    items[Key] = certificates.WhyNotClient(certificate as X509Certificate2, chain) ?? "";
                    return true;
                },
#pragma warning restore CA5359
            });
        },
    };

    /// <summary>Why a request's connection may not do what nodes do; null when it may.</summary>
    public PlaneRefusal? WhyNot(HttpContext http)
    {
        var verdict = http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var value) == true ? value as string : null;
        return verdict is "" ? null : new PlaneRefusal(PlaneOutcome.NoCertificate, verdict ?? certificates.WhyNotClient(null, null)!);
    }
}
