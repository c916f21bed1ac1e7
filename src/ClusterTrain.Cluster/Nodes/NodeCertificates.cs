using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTrain.Cluster.Nodes;

/// <summary>
/// A node's certificate and the one authority that it trusts: not the machine's, and no other. Revocation is not looked
/// up: a cluster's authority is the cluster's own, and is replaced instead.
/// </summary>
public sealed class NodeCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _own;
    private readonly X509Certificate2Collection _authority;

    private NodeCertificates(X509Certificate2Collection own, X509Certificate2Collection authority)
    {
        (_own, _authority) = (own, authority);
        var leaf = own.First(certificate => certificate.HasPrivateKey);
        Context = SslStreamCertificateContext.Create(leaf, own, offline: true);
    }

    /// <summary>What this node shows: its certificate, and those between it and the authority.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <exception cref="NodeSettingsException">A file is missing, or holds something else.</exception>
    public static NodeCertificates Load(TlsSettings settings)
    {
        List<string> problems = [];
        var own = Read("tls.certificate", settings.Certificate, "a PFX that tls.password opens", problems, () =>
            X509CertificateLoader.LoadPkcs12CollectionFromFile(settings.Certificate, settings.Password));
        var authority = Read("tls.ca", settings.Authority, "the authority's certificate as PEM", problems, () =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(settings.Authority);
            return read;
        });
        if (own is not null && !own.Any(certificate => certificate.HasPrivateKey))
            problems.Add($"tls.certificate: {settings.Certificate} holds no certificate with its key; a PFX with both is wanted");
        if (authority is { Count: 0 })
            problems.Add($"tls.ca: {settings.Authority} holds no certificate; the authority's certificate as PEM is wanted");
        return problems.Count == 0 ? new NodeCertificates(own!, authority!) : throw new NodeSettingsException(problems);
    }

    /// <summary>Why a client may not do what nodes do: a line; null when it may.</summary>
    /// <param name="certificate">What it showed, or null.</param>
    /// <param name="shown">The chain that came with it.</param>
    public string? WhyNotClient(X509Certificate2? certificate, X509Chain? shown) => certificate is null
        ? "no client certificate was shown; one that this cluster's authority signed is wanted"
        : WhyNot("client", certificate, shown, ClientUse);

    /// <summary>Why a server is not the one that was asked for: a line; null when it is.</summary>
    /// <param name="certificate">What it showed, or null.</param>
    /// <param name="shown">The chain that came with it.</param>
    /// <param name="host">Name or address that was asked for.</param>
    public string? WhyNotServer(X509Certificate2? certificate, X509Chain? shown, string host)
    {
        if (certificate is null) return "the server showed no certificate";
        return WhyNot("server", certificate, shown, ServerUse) ?? (certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false)
            ? null : $"the server certificate {certificate.Subject} is not for {host}: its subject alternative names must contain that name or address");
    }

    public void Dispose()
    {
        foreach (var certificate in _own.Concat(_authority)) certificate.Dispose();
    }

    private static X509Certificate2Collection? Read(
        string key, string path, string wanted, List<string> problems, Func<X509Certificate2Collection> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"{key}: {path} cannot be read: {failure.Message.ReplaceLineEndings(" ")} What is wanted is {wanted}");
            return null;
        }
    }

    private string? WhyNot(string whose, X509Certificate2 certificate, X509Chain? shown, string use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        if (shown is not null) chain.ChainPolicy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        if (chain.Build(certificate)) return null;
        var why = string.Join("; ", chain.ChainStatus.Select(status => status.Status).Distinct().Select(Word));
        return $"the {whose} certificate {certificate.Subject} is {why}";
    }

    private static string Word(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => "not valid now: expired, or not begun",
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "not signed by this cluster's authority",
        X509ChainStatusFlags.NotValidForUsage => "not meant for this use",
        _ => $"not valid ({status})",
    };
}
