using System.Net;
using ClusterTrain.Cluster.Nodes;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// Who may ask anything of a plane: what knows the cluster's secret, with TLS what shows a certificate of its authority,
/// and never a page of another site in somebody's browser. Everyone may ask for <see cref="OpenPath"/>: probes have no keys.
/// </summary>
internal sealed class PlaneGate(PlaneOptions options, CertificateGate? certificates)
{
    /// <summary>Open to everyone; says whether the process is alive and ready, and nothing else.</summary>
    public const string OpenPath = "/health";

    public Task Pass(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments(OpenPath, StringComparison.Ordinal)) return next(http);
        if ((WhyForeign(http.Request) ?? certificates?.WhyNot(http) ?? WhyUnknown(http.Request)) is not { } refusal) return next(http);

        // Nothing more is read from a stranger, whatever he is still sending.
        http.Response.Headers.Connection = "close";
        if (refusal.Outcome == PlaneOutcome.NoSecret) http.Response.Headers.WWWAuthenticate = ClusterSecret.Scheme;
        return Refusals.Refuse(http, refusal);
    }

    // A page whose own name leads to this address (DNS rebinding) asks by that name; one of another site says where it is from.
    private PlaneRefusal? WhyForeign(HttpRequest request)
    {
        var host = request.Host.Host;
        if (options.Tls is null && !IsOurs(host))
            return PlaneRefusal.Foreign($"Host is \"{host}\"; allowed are {string.Join(", ", options.Names.Append("localhost"))} and addresses; more names can be set with CLUSTERTRAIN_NAMES");
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return PlaneRefusal.Foreign($"Origin is \"{origin}\"; allowed are requests of programs, and of pages of this very address");
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "none" or "same-origin" ? null
            : PlaneRefusal.Foreign($"Sec-Fetch-Site is \"{site}\"; allowed are requests of programs, and of pages of this very address");
    }

    private bool IsOurs(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _) || options.Names.Contains(host, StringComparer.OrdinalIgnoreCase);

    private PlaneRefusal? WhyUnknown(HttpRequest request)
    {
        if (options.Secret is not { } secret) return null;
        const string prefix = ClusterSecret.Scheme + " ";
        var shown = request.Headers.Authorization.ToString();
        if (!shown.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return new PlaneRefusal(
                PlaneOutcome.NoSecret,
                $"the cluster's secret is not shown; programs have it from {ClusterSecret.Variable} or {ClusterSecret.FileVariable}, and send Authorization: {ClusterSecret.Scheme} SECRET");
        return secret.Is(shown[prefix.Length..].Trim()) ? null
            : new PlaneRefusal(PlaneOutcome.NoSecret, $"the secret that is shown is not this cluster's; {ClusterSecret.Variable} or {ClusterSecret.FileVariable} must have the one that its nodes have");
    }
}
