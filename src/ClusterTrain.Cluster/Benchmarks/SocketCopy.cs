using System.Net;
using System.Net.Sockets;

namespace ClusterTrain.Cluster.Benchmarks;

/// <summary>
/// The limit of the plane: the same bytes from one thread to another over a bare loopback socket, answered by one byte.
/// </summary>
internal sealed class SocketCopy : IDisposable
{
    private readonly Socket _sender = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Socket _receiver;
    private readonly byte[] _outgoing;
    private readonly byte[] _incoming;
    private readonly byte[] _answer = new byte[1];

    public SocketCopy(int bytes)
    {
        (_outgoing, _incoming) = (new byte[bytes], new byte[bytes]);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _sender.Connect(listener.LocalEndPoint!);
        _receiver = listener.Accept();
        _receiver.NoDelay = true;
        new Thread(Receive) { Name = "socket-copy", IsBackground = true }.Start();
    }

    /// <summary>All bytes over, once.</summary>
    public void Once()
    {
        _sender.Send(_outgoing);
        if (_sender.Receive(_answer) == 0) throw new IOException("the loopback socket closed");
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void Receive()
    {
        try
        {
            while (true)
            {
                for (var taken = 0; taken < _incoming.Length;)
                {
                    var part = _receiver.Receive(_incoming, taken, _incoming.Length - taken, SocketFlags.None);
                    if (part == 0) return;
                    taken += part;
                }

                _receiver.Send(_answer);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The measurement is done.
        }
    }
}
