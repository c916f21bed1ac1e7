using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Tests.Plane;

public class WorkerPlaneTests
{
    private static readonly TimeSpan[] AllWaits = [.. new[] { 50, 200, 1000 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GetAndPut_WholeTensors_SameBitsAndExactCounts(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var target = new float[TestPlane.Floats];
        var values = TestPlane.Values(float.NaN);
        var figures = new GradientFigures(BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0123), 42);
        Assert.Equal(PlaneOutcome.Done, plane.Plane.Get(RecordingStore.Whole, target));
        Assert.Equal(PlaneOutcome.Done, plane.Plane.Put(RecordingStore.Gradient(1), values, "wörker 1", figures));
        Assert.Equal(plane.Store.Parameters, target);
        var accepted = Assert.Single(plane.Store.Accepted);
        Assert.Equal((RecordingStore.Gradient(1), "wörker 1", TensorHash.Of(values)), (accepted.Name, accepted.Worker, accepted.Hash));
        Assert.Equal(0x7ff8_0000_0000_0123ul, BitConverter.DoubleToUInt64Bits(accepted.Figures.Loss));
        Assert.Equal(42, accepted.Figures.Correct);
        Assert.Equal((4L * TestPlane.Floats, 4L * TestPlane.Floats), (plane.Plane.BytesSent, plane.Plane.BytesReceived));
        Assert.True(SpinWait.SpinUntil(() => plane.Store.BytesDelivered > 0, TimeSpan.FromSeconds(20)), "nothing was delivered");
        Assert.Equal(4L * TestPlane.Floats, plane.Store.BytesDelivered);
    }

    [Fact]
    public void Put_Twice_SameAnswerBothTimes()
    {
        using var plane = new TestPlane();
        var values = TestPlane.Values(3);
        var outcomes = Enumerable.Range(0, 2).Select(_ => plane.Plane.Put(RecordingStore.Gradient(0), values, "w", default)).ToArray();
        Assert.Equal([PlaneOutcome.Done, PlaneOutcome.Done], outcomes);
        Assert.Equal(2, plane.Store.Accepted.Count);
        Assert.Equal(plane.Store.Accepted[0], plane.Store.Accepted[1]);
    }

    [Theory]
    [InlineData("other", 3, 5, PlaneOutcome.UnknownRun)]
    [InlineData("r", 2, 5, PlaneOutcome.OtherIncarnation)]
    [InlineData("r", 3, 4, PlaneOutcome.Over)]
    [InlineData("r", 3, 6, PlaneOutcome.UnknownTensor)]
    public void Refused_BothWays_OutcomeAtOnceAndNothingCounted(string run, int incarnation, long step, PlaneOutcome expected)
    {
        using var plane = new TestPlane();
        var clock = new StraightClock();
        using var worker = new WorkerPlane(plane.Address, plane.Connections, clock);
        Assert.Equal(expected, worker.Get(TensorName.Whole(run, incarnation, step), new float[TestPlane.Floats]));
        Assert.Equal(expected, worker.Put(TensorName.Gradient(run, incarnation, step, 0, 1), TestPlane.Values(1), "w", default));
        Assert.Empty(clock.Waits);
        Assert.Equal((0, 0), (worker.BytesSent, worker.BytesReceived));
        plane.AssertAsBefore([]);
    }

    [Fact]
    public void LargeRefused_Put_OutcomeWithoutBringingTheBody()
    {
        const int floats = 8 << 20;
        using var plane = new TestPlane(floats: floats, mostBytes: 1L << 32);
        var name = TensorName.Gradient(RecordingStore.Run, RecordingStore.Incarnation, 4, 0, 1);
        Assert.Equal(PlaneOutcome.Over, plane.Plane.Put(name, new float[floats], "w", default));
        Assert.Equal(PlaneOutcome.Done, plane.Plane.Put(RecordingStore.Gradient(0), new float[floats], "w", default));
        Assert.Equal(4L * floats, plane.Plane.BytesSent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ConnectionsLost_ThenWhole_TriesAgainAndIsDone(int lost)
    {
        using var plane = new TestPlane();
        using var door = new FlakyDoor(plane.Address, connection => connection < lost);
        using var connections = new PlaneConnections(TestPlane.Known);
        var clock = new StraightClock();
        using var worker = new WorkerPlane(door.Address, connections, clock);
        Assert.Equal(PlaneOutcome.Done, worker.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Equal(AllWaits[..lost], clock.Waits);
        Assert.Equal(TensorHash.Of(TestPlane.Values(1)), Assert.Single(plane.Store.Accepted).Hash);
        Assert.Equal(4L * TestPlane.Floats, worker.BytesSent);
    }

    [Fact]
    public void ConnectionsAlwaysLost_AllThree_UnreachableAndSaidWithoutRepetition()
    {
        using var plane = new TestPlane();
        using var door = new FlakyDoor(plane.Address, _ => true);
        using var connections = new PlaneConnections(TestPlane.Known);
        var clock = new StraightClock();
        List<string> notes = [];
        using var worker = new WorkerPlane(door.Address, connections, clock, notes.Add);
        Assert.Equal(PlaneOutcome.Unreachable, worker.Get(RecordingStore.Whole, new float[TestPlane.Floats]));
        Assert.Equal(AllWaits, clock.Waits);
        Assert.Equal(PlaneOutcome.Unreachable, worker.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Null(worker.GetSpec("r"));
        Assert.StartsWith(door.Address.ToString(), notes[0], StringComparison.Ordinal);
        Assert.DoesNotContain(notes.Zip(notes.Skip(1)), pair => pair.First == pair.Second);
        Assert.True(notes.Count <= 3);
        Assert.Equal((0, 0), (worker.BytesSent, worker.BytesReceived));
        plane.AssertAsBefore([]);
    }

    [Fact]
    public void DamagedOnce_Put_IsBroughtAgainWhole()
    {
        using var plane = new TestPlane();
        using var door = new FlakyDoor(plane.Address, connection => connection == 0, damages: true);
        using var connections = new PlaneConnections(TestPlane.Known);
        var clock = new StraightClock();
        using var worker = new WorkerPlane(door.Address, connections, clock);
        Assert.Equal(PlaneOutcome.Done, worker.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Equal(TensorHash.Of(TestPlane.Values(1)), Assert.Single(plane.Store.Accepted).Hash);
        Assert.Equal(AllWaits[..1], clock.Waits);
    }

    [Fact]
    public void DamagedAlways_Get_IsUnreachableAfterAllTries()
    {
        using var plane = new TestPlane();
        plane.Store.SaidHash = new string('0', 32);
        Assert.Equal(PlaneOutcome.Unreachable, plane.Plane.Get(RecordingStore.Whole, new float[TestPlane.Floats]));
        Assert.Equal(1 + AllWaits.Length, plane.Store.Asked);
        Assert.Equal(0, plane.Plane.BytesReceived);
    }

    [Fact]
    public void OtherLengthWanted_Get_IsUnreachableAtOnce()
    {
        using var plane = new TestPlane();
        Assert.Equal(PlaneOutcome.Unreachable, plane.Plane.Get(RecordingStore.Whole, new float[TestPlane.Floats + 1]));
        Assert.Equal(1, plane.Store.Asked);
    }

    [Fact]
    public void GetSpec_ServedAndUnknown_TextOrNull()
    {
        using var plane = new TestPlane(more: routes => routes.MapGet("/runs/{run}/spec", (string run) =>
            run == "a b" ? Results.Text("name: ünicode") : Results.Text("unknown", statusCode: 404)));
        Assert.Equal("name: ünicode", plane.Plane.GetSpec("a b"));
        Assert.Null(plane.Plane.GetSpec("other"));
    }

    [Fact]
    public async Task ManyAtOnce_BothWays_EachItsOwnBits()
    {
        using var plane = new TestPlane(floats: 200_000, mostBytes: 1 << 24);
        // On threads of their own, as workers are: the pool's are for what the plane itself does.
        var tasks = Enumerable.Range(0, 32).Select(i => Task.Factory.StartNew(() =>
        {
            var target = new float[200_000];
            Assert.Equal(PlaneOutcome.Done, plane.Plane.Put(RecordingStore.Gradient(i % 8), TestPlane.Values(i, 200_000), $"w{i}", default));
            Assert.Equal(PlaneOutcome.Done, plane.Plane.Get(RecordingStore.Whole, target));
            Assert.Equal(plane.Store.Parameters, target);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(tasks);
        Assert.Equal(32, plane.Store.Accepted.Count);
        foreach (var (_, worker, _, hash) in plane.Store.Accepted)
            Assert.Equal(TensorHash.Of(TestPlane.Values(int.Parse(worker[1..]), 200_000)), hash);
        Assert.Equal((32 * 800_000L, 32 * 800_000L), (plane.Plane.BytesSent, plane.Plane.BytesReceived));
    }

    [Fact]
    public void HttpsAddress_WithoutCertificates_IsRefusedBeforeAnything()
    {
        using var connections = new PlaneConnections(TestPlane.Known);
        var problem = Assert.Throws<NodeSettingsException>(() => new WorkerPlane(new Uri("https://127.0.0.1:1/"), connections, new StraightClock()));
        Assert.Contains("tls.certificate", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainAddress_WithCertificates_IsRefusedBeforeAnything()
    {
        using var authority = new TestAuthority();
        using var connections = new PlaneConnections(new Credentials(authority.Node()));
        var problem = Assert.Throws<NodeSettingsException>(() => new WorkerPlane(new Uri("http://127.0.0.1:1/"), connections, new StraightClock()));
        Assert.Contains("plain http", problem.Message, StringComparison.Ordinal);
    }
}
