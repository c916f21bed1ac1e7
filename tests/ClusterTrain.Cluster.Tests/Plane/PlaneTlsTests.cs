using System.Net;
using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Cluster.Tests.Plane;

public sealed class PlaneTlsTests : IDisposable
{
    private readonly TestAuthority _ours = new("ours");
    private readonly TestAuthority _others = new("others");
    private int _received;

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    [Theory]
    [InlineData("PUT", "tensors/r/3/gradient/5/5/0/1")]
    [InlineData("GET", "tensors/r/3/parameters/5/-1/-1/0")]
    [InlineData("GET", "runs/r/spec")]
    [InlineData("POST", "control/w?wait=0")]
    [InlineData("POST", "submit")]
    [InlineData("POST", "stop")]
    [InlineData("GET", "healthy")]
    [InlineData("GET", "nothing/here")]
    public async Task NoClientCertificate_AnythingButHealth_Is403(string method, string path)
    {
        using var plane = Serve(_ours.Node());
        using var bare = Bare();
        var request = method == "PUT" ? TestPlane.Put(path, TestPlane.Values(1)) : new HttpRequestMessage(new HttpMethod(method), path);
        request.RequestUri = new Uri(plane.Address, path);
        using var response = await bare.SendAsync(request);
        Assert.Equal(403, (int)response.StatusCode);
        Assert.Contains("no client certificate was shown", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertUntouched(plane);
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task NoClientCertificate_Health_IsAnswered(string path)
    {
        using var plane = Serve(_ours.Node());
        using var bare = Bare();
        Assert.Equal("yes", await bare.GetStringAsync(new Uri(plane.Address, path)));
    }

    [Fact]
    public void ClientOfOtherAuthority_BothWays_RefusedWithReason()
    {
        var wrong = _others.Node() with { Authority = _ours.AuthorityPath };
        RefusesClient(wrong, "not signed by this cluster's authority");
    }

    [Fact]
    public void ExpiredClient_BothWays_RefusedWithReason() => RefusesClient(_ours.Node(isExpired: true), "expired");

    [Fact]
    public void ClientWithServersCertificate_BothWays_RefusedWithReason() =>
        RefusesClient(_ours.Node(uses: TestAuthority.ServerUse), "not meant for this use");

    [Fact]
    public void ServerOfOtherAuthority_ToClient_IsNotSpokenTo() =>
        ClientRefuses(_others.Node() with { Authority = _ours.AuthorityPath }, "the server certificate", "not signed by this cluster's authority");

    [Fact]
    public void ExpiredServer_ToClient_IsNotSpokenTo() => ClientRefuses(_ours.Node(isExpired: true), "the server certificate", "expired");

    [Fact]
    public void ServerOfOtherHost_ToClient_IsNotSpokenTo() => ClientRefuses(_ours.Node(dns: "elsewhere.example"), "is not for 127.0.0.1");

    [Fact]
    public void ServerWithClientsCertificate_ToClient_IsNotSpokenTo() =>
        ClientRefuses(_ours.Node(uses: TestAuthority.ClientUse), "the server certificate", "not meant for this use");

    [Fact]
    public void HostByName_InItsCertificate_IsSpokenTo()
    {
        using var plane = Serve(_ours.Node(dns: "localhost"));
        using var connections = new PlaneConnections(new Credentials(_ours.Node(), TestPlane.Secret));
        using var worker = new WorkerPlane(new Uri($"https://localhost:{plane.Address.Port}/"), connections, new StraightClock());
        Assert.Equal(PlaneOutcome.Done, worker.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Single(plane.Store.Accepted);
    }

    [Fact]
    public async Task PlainHttp_ToTlsPort_ChangesNothing()
    {
        using var plane = Serve(_ours.Node());
        using var bare = Bare();
        var request = TestPlane.Put("", TestPlane.Values(1));
        request.RequestUri = new Uri($"http://127.0.0.1:{plane.Address.Port}/{TensorPath.Of(RecordingStore.Gradient(0))}");
        await Assert.ThrowsAsync<HttpRequestException>(() => bare.SendAsync(request));
        AssertUntouched(plane);
    }

    private static HttpClient Bare() => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == "CN=ours" },
    });

    private TestPlane Serve(TlsSettings server, TlsSettings? client = null) => new(server: server, client: client ?? _ours.Node(), more: routes =>
    {
        ControlRoutes.Map(routes, new Mailboxes(TimeProvider.System), _ => Interlocked.Increment(ref _received));
        foreach (var path in new[] { "/runs/{run}/spec", "/healthy", "/health/live", "/health/ready" })
            routes.MapGet(path, () => Results.Text("yes"));
        foreach (var path in new[] { "/submit", "/stop" }) routes.MapPost(path, () => Results.Text($"{Interlocked.Increment(ref _received)}"));
    });

    private void RefusesClient(TlsSettings client, string reason)
    {
        using var plane = Serve(_ours.Node(), client);
        Refused(plane, reason);
    }

    private void ClientRefuses(TlsSettings server, params string[] reasons)
    {
        using var plane = Serve(server);
        Refused(plane, reasons);
        Assert.Equal(0, plane.Store.Asked);
    }

    private void Refused(TestPlane plane, params string[] reasons)
    {
        List<string> notes = [];
        using var worker = new WorkerPlane(plane.Address, plane.Connections, new StraightClock(), notes.Add);
        Assert.Equal(PlaneOutcome.Unreachable, worker.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Equal(PlaneOutcome.Unreachable, worker.Get(RecordingStore.Whole, new float[TestPlane.Floats]));
        Assert.Null(worker.GetSpec("r"));
        foreach (var reason in reasons) Assert.Contains(reason, notes[0], StringComparison.Ordinal);
        AssertUntouched(plane);
    }

    private void AssertUntouched(TestPlane plane)
    {
        Assert.Equal((0, 0), (plane.Store.Asked, _received));
        plane.AssertAsBefore([]);
    }
}
