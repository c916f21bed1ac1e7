using System.Text;
using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Tests.Plane;

namespace ClusterTrain.Cluster.Tests.Control;

public sealed class ControlRoutesTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly Mailboxes _boxes = new(TimeProvider.System);
    private readonly List<IClusterMessage> _received = [];
    private readonly TestPlane _plane;

    public ControlRoutesTests() => _plane = new TestPlane(more: routes => ControlRoutes.Map(routes, _boxes, message =>
    {
        lock (_received) _received.Add(message);
    }));

    private IReadOnlyList<IClusterMessage> Received
    {
        get
        {
            lock (_received) return [.. _received];
        }
    }

    public void Dispose() => _plane.Dispose();

    [Theory]
    [InlineData(ControlJson.MostBytes + 1)]
    [InlineData(10 * ControlJson.MostBytes)]
    public async Task OverTheCap_Post_Is413AndNothingIsHeard(int bytes)
    {
        await _plane.Refuses(Post(Padded(bytes)), 413, $"Content-Length is {bytes}; allowed are {ControlJson.MostBytes} bytes");
        Assert.Empty(Received);
    }

    [Fact]
    public async Task AtTheCap_Post_IsHeard()
    {
        using var response = await _plane.Http.SendAsync(Post(Padded(ControlJson.MostBytes)));
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal([new ClusterMessage.Leave("w")], Received);
    }

    [Fact]
    public async Task HugeLength_Post_Is413BeforeAnyMemoryIsTaken()
    {
        var answer = await Task.Run(() => RawRequest.Exchange(
            _plane, $"POST /control/w HTTP/1.1\nHost: plane\nAuthorization: Bearer {TestPlane.Secret.Text}\nConnection: close\nContent-Length: 9223372036854775807\n\n", [1]));
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Empty(Received);
    }

    [Fact]
    public async Task NoLength_Post_Is411()
    {
        var request = Post(ControlJson.Write(new ClusterMessage.Leave("w")));
        request.Headers.TransferEncodingChunked = true;
        await _plane.Refuses(request, 411, "Content-Length");
        Assert.Empty(Received);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("""[{"is":"format-disk"}]""")]
    [InlineData("""[{"is":"leave","worker":"w"},{"is":"format-disk"}]""")]
    [InlineData("""[{"is":"leave"}]""")]
    [InlineData("""[{"is":"leave","worker":null}]""")]
    [InlineData("""[{"is":"leave","worker":3}]""")]
    [InlineData("""[{"is":"leave","worker":"w"}""")]
    public async Task NoMessages_Post_Is400AndNothingIsHeard(string body)
    {
        await _plane.Refuses(Post(Encoding.UTF8.GetBytes(body)), 400, "no messages", "Allowed is a JSON array");
        Assert.Empty(Received);
    }

    [Fact]
    public void Link_SaysAndHears_WhileTensorsGoOverTheSameConnections()
    {
        using var heard = new BlockingQueue();
        using var link = new HttpServerLink(_plane.Address, _plane.Connections, "w", Long, () => { }, TimeProvider.System) { Received = heard.Add };
        // Its request waits for news by now or soon; the tensors do not wait for it.
        for (var round = 0; round < 20; round++)
            Assert.Equal(PlaneOutcome.Done, _plane.Plane.Get(RecordingStore.Whole, new float[TestPlane.Floats]));
        link.Send(new ClusterMessage.Leave("w"));
        Assert.Equal([new ClusterMessage.Leave("w")], Received);
        _boxes.Post("w", new ClusterMessage.Refuse("no"));
        _boxes.Post("v", new ClusterMessage.Refuse("not yours"));
        Assert.Equal(new ClusterMessage.Refuse("no"), heard.Take(Long));
    }

    [Fact]
    public void ServerGone_ForLongerThanAllowed_SaysSoOnce()
    {
        using var gone = new ManualResetEventSlim();
        using var connections = new PlaneConnections(TestPlane.Known);
        using var link = new HttpServerLink(new Uri("http://127.0.0.1:9/"), connections, "w", TimeSpan.FromMilliseconds(1), gone.Set, TimeProvider.System)
        {
            Received = _ => { },
        };
        Assert.True(gone.Wait(Long));
    }

    private static HttpRequestMessage Post(byte[] body) => new(HttpMethod.Post, "control/w?wait=0") { Content = new ByteArrayContent(body) };

    private static byte[] Padded(int bytes) => [.. ControlJson.Write(new ClusterMessage.Leave("w")).Concat(Enumerable.Repeat((byte)' ', bytes)).Take(bytes)];

    private sealed class BlockingQueue : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<IClusterMessage> _items = [];

        public void Add(IClusterMessage message) => _items.Add(message);

        public IClusterMessage? Take(TimeSpan patience) => _items.TryTake(out var message, patience) ? message : null;

        public void Dispose() => _items.Dispose();
    }
}
