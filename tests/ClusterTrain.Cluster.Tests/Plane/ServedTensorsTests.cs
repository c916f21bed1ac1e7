using System.Net.Sockets;
using System.Text;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>A real run's tensors over the plane, before its first step.</summary>
public sealed class ServedTensorsTests : IDisposable
{
    private const int Incarnation = 3;
    private readonly RunContext _context = TinyRuns.Context("fused");
    private readonly RunState _start;
    private readonly ParameterServer _server;
    private readonly RunTensors _tensors;
    private readonly List<DeskInput.Arrived> _arrived = [];
    private readonly Lock _gate = new();
    private readonly PlaneHost _host;
    private readonly PlaneConnections _connections = new(TestPlane.Known);
    private readonly WorkerPlane _plane;

    public ServedTensorsTests()
    {
        _start = RunState.Initial(_context.Plan);
        _server = new ParameterServer(_context, _start, new LeasePolicy(), Incarnation);
        Ask("w");
        _tensors = new RunTensors(new RunKey("fused", Incarnation), _context, _server, _gate, (_, _) => [], input =>
        {
            lock (_arrived) _arrived.Add((DeskInput.Arrived)input);
        });
        _host = PlaneHost.Start(TestPlane.Options, _tensors, _ => { });
        _plane = new WorkerPlane(new Uri(_host.Address), _connections, new StraightClock());
    }

    public void Dispose()
    {
        _plane.Dispose();
        _host.Dispose();
        _connections.Dispose();
    }

    [Fact]
    public void Parameters_WholeAndSlice_AreTheModelsAndCountedToTheByte()
    {
        var whole = new float[_context.Plan.Network.ParameterCount];
        Assert.Equal(PlaneOutcome.Done, _plane.Get(TensorName.Whole("fused", Incarnation, 0), whole));
        Assert.Equal(_start.Model.Parameters.Span.ToArray(), whole);
        var mask = new ParameterSlice(_context.Plan).Mask(0, 2, 1);
        var (slice, expected) = (new float[mask.ParameterCount], new float[mask.ParameterCount]);
        ParameterSlice.Gather(_start.Model.Parameters.Span, mask, expected);
        Assert.Equal(PlaneOutcome.Done, _plane.Get(TensorName.Slice("fused", Incarnation, 0, 0, 2, 1), slice));
        Assert.Equal(expected, slice);
        Assert.True(slice.Length < whole.Length);
        // The server hears a moment later than the worker that the last byte is out.
        Assert.True(SpinWait.SpinUntil(() => _tensors.BytesSent >= 4L * (whole.Length + slice.Length), TimeSpan.FromSeconds(20)), $"{_tensors.BytesSent} bytes sent");
        Assert.Equal((4L * (whole.Length + slice.Length), 0L), (_tensors.BytesSent, _tensors.BytesReceived));
        Assert.Equal(4L * (whole.Length + slice.Length), _plane.BytesReceived);
    }

    [Fact]
    public void Parameters_WhileTheServerIsAtWork_AreNotWaitedFor()
    {
        lock (_gate)
        {
            var whole = new float[_context.Plan.Network.ParameterCount];

            Assert.Equal(PlaneOutcome.Done, _plane.Get(TensorName.Whole("fused", Incarnation, 0), whole));
        }
    }

    [Fact]
    public void Gradient_BroughtTwice_AgreesAndIsCountedToTheByte()
    {
        var gradient = Gradient(1);
        for (var time = 0; time < 2; time++) Assert.Equal(PlaneOutcome.Done, Put(1, gradient));
        Assert.Equal(2, _arrived.Count);
        Assert.Equal((0L, 8L * gradient.Values.Length), (_tensors.BytesSent, _tensors.BytesReceived));
        Assert.Equal(8L * gradient.Values.Length, _plane.BytesSent);
        Assert.DoesNotContain(Fed(), effect => effect is ServerEffect.Disagreed);
        Assert.False(_server.IsFinished);
    }

    [Fact]
    public void Gradient_OtherContentUnderTheSameName_IsFlaggedAndStopsTheRun()
    {
        var gradient = Gradient(1);
        Assert.Equal(PlaneOutcome.Done, Put(1, gradient));
        gradient.Values[0] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(gradient.Values[0]) ^ 1);
        Assert.Equal(PlaneOutcome.Done, Put(1, gradient));
        var disagreed = Assert.Single(Fed().OfType<ServerEffect.Disagreed>());
        Assert.Equal("w", disagreed.Worker.Name);
        Assert.True(_server.IsFinished);
        Assert.Equal(0, _server.Model.Version);
        Assert.Equal(PlaneOutcome.Over, Put(1, gradient));
    }

    [Fact]
    public async Task Gradient_RefusedInAnyWay_GivesItsMemoryBackAndChangesNothing()
    {
        var gradient = Gradient(1);
        var (before, bits) = (_context.Buffers.Outstanding, StateBits.Of(_server.Model));
        using var http = _connections.Client();
        var name = Name(1);
        (TensorName Name, int Floats, string? Hash, int Status)[] wrong =
        [
            (name with { Run = "other" }, gradient.Values.Length, null, 404),
            (name with { Incarnation = 2 }, gradient.Values.Length, null, 409),
            (name with { First = 1, Count = 2 }, gradient.Values.Length, null, 404),
            (name with { First = 4 }, gradient.Values.Length, null, 404),
            (name with { Version = 1, Step = 1 }, gradient.Values.Length, null, 404),
            (name with { Kind = TensorKind.Parameters }, gradient.Values.Length, null, 404),
            (name, gradient.Values.Length - 1, null, 422),
            (name, gradient.Values.Length, new string('0', 32), 400),
        ];
        foreach (var (path, floats, hash, status) in wrong)
        {
            using var request = TestPlane.Put(_host.Address + TensorPath.Of(path), gradient.Values[..floats], hash);
            using var response = await http.SendAsync(request);
            Assert.Equal((path, status), (path, (int)response.StatusCode));
        }

        Assert.Empty(_arrived);
        Assert.Equal((before, bits), (_context.Buffers.Outstanding, StateBits.Of(_server.Model)));
        Assert.Equal((0L, 0L), (_tensors.BytesSent, _tensors.BytesReceived));
    }

    [Fact]
    public async Task Gradient_OfAWorkerThatWasNotGivenIt_IsRefusedAndTakesNoMemory()
    {
        var gradient = Gradient(1);
        var (before, bits) = (_context.Buffers.Outstanding, StateBits.Of(_server.Model));

        Assert.Equal(PlaneOutcome.NotLeased, Put(1, gradient, "stranger"));
        Assert.Equal(PlaneOutcome.NotLeased, Put(1, gradient, "W"));
        using var http = _connections.Client();
        using var request = TestPlane.Put(_host.Address + TensorPath.Of(Name(1)), gradient.Values);
        request.Headers.Remove("ClusterTrain-Worker");
        request.Headers.Add("ClusterTrain-Worker", "stranger");
        using var response = await http.SendAsync(request);
        Assert.Equal((409, "not-leased"), ((int)response.StatusCode, response.Headers.GetValues("ClusterTrain-Refusal").Single()));

        Assert.Empty(_arrived);
        Assert.Equal((before, bits), (_context.Buffers.Outstanding, StateBits.Of(_server.Model)));
        Assert.Equal(PlaneOutcome.Done, Put(1, gradient));
    }

    [Fact]
    public void Gradient_OfAWorkerThatHasGivenItBack_IsRefused()
    {
        var gradient = Gradient(1);
        _server.Handle(new ServerMessage.WorkerLeaves(new WorkerId("w")), TimeSpan.Zero, []);
        Assert.Equal(PlaneOutcome.NotLeased, Put(1, gradient));
        Ask("other");
        Assert.Equal(PlaneOutcome.NotLeased, Put(1, gradient));
        Assert.Equal(PlaneOutcome.Done, Put(1, gradient, "other"));
    }

    [Theory]
    [InlineData("stranger", 0, "409")]
    [InlineData("w", 4, "503")]
    public async Task SlowUploads_Many_HoldMemoryForAFewOfWhoMayBringThemAndNoMore(string worker, int most, string refusal)
    {
        const int uploads = 40;
        var bytes = sizeof(float) * Gradient(1).Values.Length;
        var before = _context.Buffers.Outstanding;
        var clients = new List<TcpClient>();
        try
        {
            var address = new Uri(_host.Address);
            for (var upload = 0; upload < uploads; upload++)
            {
                var client = new TcpClient(address.Host, address.Port) { ReceiveTimeout = 20_000 };
                clients.Add(client);
                var head = RawRequest.PutHead(TensorPath.Of(Name(1)), $"{bytes}").Replace("Worker: w", $"Worker: {worker}", StringComparison.Ordinal);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "abcd"));
            }

            // Those that are refused are answered at once; of the others the rest is waited for.
            var answers = await Task.WhenAll(clients.Select(Answer));
            Assert.All(answers.OfType<string>(), answer => Assert.StartsWith($"HTTP/1.1 {refusal}", answer, StringComparison.Ordinal));
            Assert.Equal(uploads - most, answers.Count(answer => answer is not null));
            Assert.Equal(most, _context.Buffers.Outstanding - before);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.True(SpinWait.SpinUntil(() => _context.Buffers.Outstanding == before, TimeSpan.FromSeconds(20)), "the memory is not given back");
        Assert.Empty(_arrived);
        Assert.Equal(PlaneOutcome.Done, Put(1, Gradient(1)));
    }

    // The beginning of an answer; null where none comes in a moment, because the rest of the body is waited for.
    private static async Task<string?> Answer(TcpClient client)
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var buffer = new byte[64];
        try
        {
            var count = await client.GetStream().ReadAsync(buffer, moment.Token);
            return Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static TensorName Name(int shard) => TensorName.Gradient("fused", Incarnation, 0, shard, 1);

    // All that is open is given to the first who asks.
    private void Ask(string worker) =>
        _server.Handle(new ServerMessage.WorkerAsks(new WorkerId(worker)) { Room = int.MaxValue }, TimeSpan.Zero, []);

    private PlaneOutcome Put(int shard, ShardGradient gradient, string worker = "w") =>
        _plane.Put(Name(shard), gradient.Memory, worker, new GradientFigures(gradient.Loss, gradient.Correct));

    private ShardGradient Gradient(int shard) => ((WorkResult.Gradient)new WorkExecutor(_context).Execute(
        new WorkItem.Gradient(new WorkId(Incarnation, WorkKind.Gradient, 0, shard), 0, null), _start.Model.Current)).Shard;

    // The work is open once the server was spoken to.
    private List<ServerEffect> Fed()
    {
        List<ServerEffect> effects = [];
        _server.Handle(new ServerMessage.TimePasses(), TimeSpan.Zero, effects);
        foreach (var (worker, result) in _arrived) _server.Handle(new ServerMessage.ResultArrives(new WorkerId(worker), result), TimeSpan.Zero, effects);
        _arrived.Clear();
        return effects;
    }
}
