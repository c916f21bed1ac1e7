using System.Net.Sockets;
using System.Text;
using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

public class PlaneAbortTests
{
    [Fact]
    public void ReaderGone_InTheMiddleOfALargeTensor_GivesItBackAndIsNotCounted()
    {
        using var plane = new TestPlane(floats: 16 << 20, mostBytes: 1 << 30);
        using (var client = new TcpClient(plane.Address.Host, plane.Address.Port))
        {
            client.GetStream().Write(Encoding.ASCII.GetBytes($"GET /{TensorPath.Of(RecordingStore.Whole)} HTTP/1.1\r\nHost: plane\r\nAuthorization: Bearer {TestPlane.Secret.Text}\r\n\r\n"));
            Assert.True(client.GetStream().Read(new byte[1000]) > 0);
            Assert.Equal(1, plane.Store.Held);
        }

        plane.AssertAsBefore([]);
        Assert.Equal(0, plane.Store.BytesDelivered);
    }

    [Fact]
    public void ReaderSlow_InTheMiddleOfALargeTensor_IsWaitedForWithoutMemoryForTheRest()
    {
        using var plane = new TestPlane(floats: 16 << 20, mostBytes: 1 << 30);
        using var client = new TcpClient(plane.Address.Host, plane.Address.Port) { ReceiveBufferSize = 64 << 10 };
        client.GetStream().Write(Encoding.ASCII.GetBytes($"GET /{TensorPath.Of(RecordingStore.Whole)} HTTP/1.1\r\nHost: plane\r\nAuthorization: Bearer {TestPlane.Secret.Text}\r\nConnection: close\r\n\r\n"));
        var buffer = new byte[1 << 20];
        Assert.True(client.GetStream().Read(buffer, 0, 1000) > 0);
        // All that is not read stays where it is: 64 MB are not copied ahead of the reader, so it is not delivered.
        Assert.Equal((1, 0), (plane.Store.Held, plane.Store.BytesDelivered));
        while (client.GetStream().Read(buffer) > 0)
        {
            // To the end.
        }

        plane.AssertAsBefore([]);
        Assert.True(SpinWait.SpinUntil(() => plane.Store.BytesDelivered > 0, TimeSpan.FromSeconds(20)), "nothing was delivered");
        Assert.Equal(4L * (16 << 20), plane.Store.BytesDelivered);
    }
}
