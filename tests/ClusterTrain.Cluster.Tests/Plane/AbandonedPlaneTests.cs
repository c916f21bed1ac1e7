using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>Servers that take connections and say nothing more, as one whose process stands still does.</summary>
public class AbandonedPlaneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12000\r\n\r\nabc")]
    public async Task Abandon_AmidARequest_IsOutOfReachAtOnceAndSoIsAllThatFollows(string said)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connections = new PlaneConnections(TestPlane.Known);
        var clock = new StraightClock();
        List<string> notes = [];
        using var plane = new WorkerPlane(new Uri($"http://{listener.LocalEndpoint}/"), connections, clock, notes.Add);
        var asking = Task.Factory.StartNew(
            () => plane.Get(RecordingStore.Whole, new float[TestPlane.Floats]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var asked = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await asked.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        await asked.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => asked.Client.Poll(0, SelectMode.SelectWrite), Patience));

        plane.Abandon();

        Assert.Equal(PlaneOutcome.Unreachable, await asking.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.True(plane.IsAbandoned);
        Assert.Equal(PlaneOutcome.Unreachable, plane.Put(RecordingStore.Gradient(0), TestPlane.Values(1), "w", default));
        Assert.Null(plane.GetSpec("r"));
        Assert.False(listener.Pending());
        Assert.Empty(clock.Waits);
        Assert.Empty(notes);
    }

    [Fact]
    public void Close_OfOneServer_LeavesTheConnectionsToAnother()
    {
        using var one = new TestPlane();
        using var other = new TestPlane();
        using var connections = new PlaneConnections(TestPlane.Known);
        using var toOne = new WorkerPlane(one.Address, connections, new StraightClock());
        using var toOther = new WorkerPlane(other.Address, connections, new StraightClock());
        var target = new float[TestPlane.Floats];
        Assert.Equal(PlaneOutcome.Done, toOther.Get(RecordingStore.Whole, target));

        toOne.Abandon();

        Assert.Equal(PlaneOutcome.Unreachable, toOne.Get(RecordingStore.Whole, target));
        Assert.Equal(PlaneOutcome.Done, toOther.Get(RecordingStore.Whole, target));
        using var again = new WorkerPlane(one.Address, connections, new StraightClock());
        Assert.Equal(PlaneOutcome.Done, again.Get(RecordingStore.Whole, target));
    }
}
