using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>A certificate authority of a test's own, whose files live as long as the test.</summary>
public sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";
    public const string Password = "not a secret";

    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private int _number;

    public TestAuthority(string name = "authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _certificate = request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
        File.WriteAllText(_folder["ca.pem"], _certificate.ExportCertificatePem());
    }

    public string AuthorityPath => _folder["ca.pem"];

    /// <summary>A node's certificate, for loopback and both uses unless said otherwise.</summary>
    public TlsSettings Node(string? dns = null, bool isExpired = false, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=node-{++_number}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        OidCollection oids = [];
        foreach (var use in uses.Length == 0 ? [ServerUse, ClientUse] : uses) oids.Add(new Oid(use));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, false));
        var names = new SubjectAlternativeNameBuilder();
        if (dns is not null) names.AddDnsName(dns);
        else names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var end = isExpired ? _now.AddDays(-1) : _now.AddDays(5);
        using var signed = request.Create(_certificate, _now.AddDays(-5), end, [1, (byte)_number]);
        using var whole = signed.CopyWithPrivateKey(key);
        var path = _folder[$"node-{_number}.pfx"];
        File.WriteAllBytes(path, whole.Export(X509ContentType.Pfx, Password));
        return new TlsSettings(path, Password, AuthorityPath);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }
}
