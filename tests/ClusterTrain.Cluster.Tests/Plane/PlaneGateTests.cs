using System.Net;
using System.Net.Http.Headers;
using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>Who may ask anything of a plane on loopback, where every user of the machine and every page of their browsers can.</summary>
public sealed class PlaneGateTests : IDisposable
{
    private readonly Mailboxes _boxes = new(TimeProvider.System);
    private readonly TestPlane _plane;
    private int _reached;

    public PlaneGateTests() => _plane = new TestPlane(more: routes =>
    {
        ControlRoutes.Map(routes, _boxes, _ => Interlocked.Increment(ref _reached));
        routes.MapGet("/health/live", () => "live");
        routes.MapGet("/{**path}", () => $"{Interlocked.Increment(ref _reached)}");
        routes.MapPost("/{**path}", () => $"{Interlocked.Increment(ref _reached)}");
    });

    public static TheoryData<string, string> Requests()
    {
        var data = new TheoryData<string, string>();
        string[] paths =
        [
            TensorPath.Of(RecordingStore.Whole), TensorPath.Of(RecordingStore.Gradient(0)), "control/w?wait=0", "runs/r/spec", "runs/r/files/spec.yaml",
            "copies/r/files", "copies/r/taken", "status", "metrics", "submit", "submit?again=r", "stop", "", "healthy", "nothing/here",
            "health/../status", "health%2f..%2fstatus", "//health/live", "Health/live",
        ];
        foreach (var path in paths)
            foreach (var method in new[] { "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE" })
                data.Add(method, path);
        return data;
    }

    public static TheoryData<string?> Shown() =>
    [
        (string?)null, "", "Bearer", "Bearer ", "Bearer x", "Basic " + TestPlane.Secret.Text, TestPlane.Secret.Text, "Bearer " + TestPlane.Secret.Text[..^1],
        "Bearer " + TestPlane.Secret.Text + "0", "Bearer " + TestPlane.Secret.Text.ToUpperInvariant(), $"Bearer {TestPlane.Secret.Text}, Bearer x",
        "Bearer " + ClusterSecret.Make().Text,
    ];

    public void Dispose() => _plane.Dispose();

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_OfAnyKindWithoutTheSecret_Is401AndReachesNothing(string method, string path)
    {
        using var http = new HttpClient();
        using var request = Request(method, path);
        using var answer = await http.SendAsync(request);

        Assert.Equal((401, true), ((int)answer.StatusCode, answer.Headers.ConnectionClose));
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        AssertUntouched();
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task Request_WithAnotherSecret_Is401AndDoesNotSayTheRightOne(string? shown)
    {
        using var http = new HttpClient();
        using var request = Request("POST", "submit");
        if (shown is not null) request.Headers.TryAddWithoutValidation("Authorization", shown);
        using var answer = await http.SendAsync(request);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.DoesNotContain(TestPlane.Secret.Text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertUntouched();
    }

    [Fact]
    public async Task Request_WithTheSecret_IsHeard()
    {
        using var answer = await _plane.Http.SendAsync(Request("POST", "submit"));
        Assert.Equal((200, 1), ((int)answer.StatusCode, _reached));
    }

    [Fact]
    public async Task Probe_WithoutAnyKey_IsAnswered()
    {
        using var http = new HttpClient();
        Assert.Equal("live", await http.GetStringAsync(new Uri(_plane.Address, "health/live")));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "evil.example:4080")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("Host", "localhost.evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "https://localhost")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Request_OfAForeignPage_Is403EvenWithTheSecret(string header, string value)
    {
        foreach (var (method, path) in new[] { ("POST", "submit"), ("GET", "status"), ("GET", TensorPath.Of(RecordingStore.Whole)), ("OPTIONS", "submit") })
        {
            using var request = Request(method, path);
            request.Headers.TryAddWithoutValidation(header, value);
            await _plane.Refuses(request, 403, header, "allowed");
        }

        AssertUntouched();
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost:4080")]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.5:4080")]
    [InlineData("[::1]:4080")]
    [InlineData("plane")]
    public async Task Host_ThatIsAnAddressOrThePlanesOwn_IsHeard(string host)
    {
        using var request = Request("POST", "submit");
        request.Headers.Host = host;
        request.Headers.Add("Origin", $"http://{host}");
        using var answer = await _plane.Http.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Upload_OfAStranger_IsAnsweredAndCutOffBeforeItsBody()
    {
        var head = RawRequest.PutHead(TensorPath.Of(RecordingStore.Gradient(0)), "1000000")
            .Replace(TestPlane.Secret.Text, "x", StringComparison.Ordinal).Replace("Connection: close", "Connection: keep-alive", StringComparison.Ordinal);
        var answer = await Task.Run(() => RawRequest.Exchange(_plane, head, [1, 2, 3]));
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        AssertUntouched();
    }

    [Fact]
    public async Task Connections_MoreThanAllowed_AreNotTaken()
    {
        using var host = PlaneHost.Start(TestPlane.Options with { MostConnections = 2 }, new RecordingStore(1), routes => routes.MapGet("/health/live", () => "live"));
        var address = new Uri(host.Address);
        var held = Enumerable.Range(0, 2).Select(_ => new System.Net.Sockets.TcpClient(address.Host, address.Port)).ToList();
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });

        // A connection counts from a moment after it is made.
        Assert.True(SpinWait.SpinUntil(() => !IsAnswered(), TimeSpan.FromSeconds(20)), "a third connection is answered");
        held.ForEach(client => client.Dispose());
        Assert.True(SpinWait.SpinUntil(IsAnswered, TimeSpan.FromSeconds(20)), "nobody is answered when they are gone");

        bool IsAnswered()
        {
            try
            {
                return http.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(address, "health/live"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }

    private HttpRequestMessage Request(string method, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_plane.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (method is "PUT" or "POST" or "PATCH") request.Content = new ByteArrayContent("[]"u8.ToArray());
        return request;
    }

    private void AssertUntouched() => Assert.Equal((0, 0, 0), (_reached, _plane.Store.Asked, _boxes.Count));
}
