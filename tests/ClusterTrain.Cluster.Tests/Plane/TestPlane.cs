using System.Net;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>A plane on loopback over a <see cref="RecordingStore"/>, plain or with certificates, and a client to it.</summary>
public sealed class TestPlane : IDisposable
{
    public const int Floats = 3000;
    public const long MostBytes = 1 << 20;

    /// <summary>What every plane of the tests asks for.</summary>
    public static readonly ClusterSecret Secret = ClusterSecret.Make();

    /// <summary>A plane on loopback that asks for <see cref="Secret"/>.</summary>
    public static readonly PlaneOptions Options = new() { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = Secret, Names = ["plane"] };

    /// <summary>What clients of the tests show.</summary>
    public static readonly Credentials Known = new(Secret: Secret);

    private readonly TestAuthority? _authority;
    private readonly PlaneHost _host;
    private readonly PlaneConnections _connections;

    public TestPlane(
        bool isTls = false, Action<IEndpointRouteBuilder>? more = null, int floats = Floats, long mostBytes = MostBytes,
        TlsSettings? server = null, TlsSettings? client = null)
    {
        Store = new RecordingStore(floats);
        _authority = isTls ? new TestAuthority() : null;
        Tls = server ?? _authority?.Node();
        ClientTls = client ?? Tls;
        _host = PlaneHost.Start(
            Options with { Tls = Tls, MostBytes = mostBytes }, Store, more ?? (_ => { }));
        _connections = new PlaneConnections(new Credentials(ClientTls, Secret));
        Http = _connections.Client();
        Http.BaseAddress = Address;
        Plane = new WorkerPlane(Address, _connections, new StraightClock());
    }

    public RecordingStore Store { get; }

    public TlsSettings? Tls { get; }

    public TlsSettings? ClientTls { get; }

    public PlaneConnections Connections => _connections;

    public Uri Address => new(_host.Address);

    public HttpClient Http { get; }

    public WorkerPlane Plane { get; }

    public static float[] Values(float of, int floats = Floats) => [.. Enumerable.Range(0, floats).Select(i => of + i)];

    /// <summary>A PUT as a worker makes it, to be spoilt.</summary>
    public static HttpRequestMessage Put(string path, ReadOnlySpan<float> values, string? hash = null)
    {
        var content = new ByteArrayContent(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
        request.Headers.Add("ClusterTrain-Hash", hash ?? TensorHash.Of(values));
        request.Headers.Add("ClusterTrain-Worker", "w");
        request.Headers.Add("ClusterTrain-Loss", "3ff0000000000000");
        request.Headers.Add("ClusterTrain-Correct", "7");
        return request;
    }

    /// <summary>The request is refused with this status and a line that says this, and the store is as it was.</summary>
    public async Task Refuses(HttpRequestMessage request, int status, params string[] reasons)
    {
        var before = Store.Accepted;
        using var response = await Http.SendAsync(request);
        var reason = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith("text/plain", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        foreach (var part in reasons) Assert.Contains(part, reason, StringComparison.Ordinal);
        AssertAsBefore(before);
    }

    public void AssertAsBefore(IReadOnlyList<(TensorName, string, GradientFigures, string)> before)
    {
        // A connection that broke off is noticed a moment later.
        Assert.True(SpinWait.SpinUntil(() => Store.Held == 0, TimeSpan.FromSeconds(20)), $"{Store.Held} tensors are still held");
        Assert.Equal(before, Store.Accepted);
    }

    public void Dispose()
    {
        Plane.Dispose();
        Http.Dispose();
        _host.Dispose();
        _connections.Dispose();
        _authority?.Dispose();
    }
}
