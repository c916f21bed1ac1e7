using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Tests.Plane;

namespace ClusterTrain.Cluster.Tests.Nodes;

public sealed class NodeCertificatesTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Load_Whole_HasTheNodesCertificate()
    {
        using var certificates = NodeCertificates.Load(_authority.Node());
        Assert.Equal("CN=node-1", certificates.Context.TargetCertificate.Subject);
    }

    [Fact]
    public void Load_WrongPassword_NamesFileAndWhatIsWanted() =>
        Refuses(_authority.Node() with { Password = "other" }, "tls.certificate", "node-1.pfx", "a PFX that tls.password opens");

    [Fact]
    public void Load_BothMissing_NamesBothAtOnce() =>
        Refuses(new TlsSettings(_folder["no.pfx"], "", _folder["no.pem"]), "tls.certificate", "no.pfx", "tls.ca", "no.pem");

    [Fact]
    public void Load_AuthorityThatIsNone_SaysSo()
    {
        File.WriteAllText(_folder["ca.pem"], "hello");
        Refuses(_authority.Node() with { Authority = _folder["ca.pem"] }, "tls.ca", "holds no certificate");
    }

    [Fact]
    public void Load_PemForPfx_SaysSo() =>
        Refuses(_authority.Node() with { Certificate = _authority.AuthorityPath }, "tls.certificate", "cannot be read");

    [Fact]
    public void ToString_OfSettings_HidesThePassword() =>
        Assert.DoesNotContain(TestAuthority.Password, new NodeSettings { Roles = [], Seeds = [], Tls = _authority.Node() }.ToString(), StringComparison.Ordinal);

    private static void Refuses(TlsSettings settings, params string[] parts)
    {
        var problem = Assert.Throws<NodeSettingsException>(() => NodeCertificates.Load(settings));
        foreach (var part in parts) Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(TestAuthority.Password, problem.Message, StringComparison.Ordinal);
    }
}
