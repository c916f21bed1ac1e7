using System.Net;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

public class PlaneHostTests
{
    private static readonly IPEndPoint Everywhere = new(IPAddress.Any, 0);

    [Fact]
    public void BeyondLoopback_PlainHttp_IsRefusedAndNamesBothWaysOut()
    {
        var problem = Assert.Throws<NodeSettingsException>(() => Start(new PlaneOptions { Endpoint = Everywhere }));
        foreach (var way in new[] { "tls.certificate", "tls.ca", "allow-plaintext = true", "0.0.0.0" })
            Assert.Contains(way, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BeyondLoopback_PlaintextAllowed_Listens()
    {
        using var host = Start(new PlaneOptions { Endpoint = Everywhere, AllowPlaintext = true });
        Assert.StartsWith("http://0.0.0.0:", host.Address, StringComparison.Ordinal);
    }

    [Fact]
    public void BeyondLoopback_WithCertificates_Listens()
    {
        using var authority = new TestAuthority();
        using var host = Start(new PlaneOptions { Endpoint = Everywhere, Tls = authority.Node() });
        Assert.StartsWith("https://0.0.0.0:", host.Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Loopback_PlainHttp_Listens()
    {
        using var host = Start(TestPlane.Options with { Endpoint = new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0) });
        Assert.StartsWith("http://127.0.0.2:", host.Address, StringComparison.Ordinal);
    }

    [Fact]
    public void TakenPort_Second_IsAnIOException()
    {
        using var host = Start(TestPlane.Options);
        var port = new Uri(host.Address).Port;
        Assert.Throws<IOException>(() => Start(TestPlane.Options with { Endpoint = new IPEndPoint(IPAddress.Loopback, port) }));
    }

    [Fact]
    public void Loopback_WithoutASecret_IsRefusedAndSaysWhy()
    {
        var problem = Assert.Throws<NodeSettingsException>(() => Start(new PlaneOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) }));
        Assert.Contains("there is no secret: set CLUSTERTRAIN_SECRET", Assert.Single(problem.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyAddress_WithASecretAndWithoutTls_IsRefused() =>
        Assert.Throws<NodeSettingsException>(() => Start(TestPlane.Options with { Endpoint = Everywhere }));

    private static PlaneHost Start(PlaneOptions options) => PlaneHost.Start(options, new RecordingStore(1), _ => { });
}
