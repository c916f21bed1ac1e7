using System.Net;
using System.Net.Sockets;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>A door before a plane that hangs up on the first connections, or damages what goes through them.</summary>
public sealed class FlakyDoor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _plane;
    private readonly Func<int, bool> _isBad;
    private readonly bool _damages;
    private int _connections;

    /// <param name="plane">Where whole connections go.</param>
    /// <param name="isBad">Which connections, counted from 0, are bad.</param>
    /// <param name="damages">Whether bad ones turn a bit of the body over, instead of hanging up in the middle of the request.</param>
    public FlakyDoor(Uri plane, Func<int, bool> isBad, bool damages = false)
    {
        (_plane, _isBad, _damages) = (plane, isBad, damages);
        _listener.Start();
        _ = Serve();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    public int Connections => Volatile.Read(ref _connections);

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                return;
            }

            var number = Interlocked.Increment(ref _connections) - 1;
            _ = Serve(client, _isBad(number));
        }
    }

    private async Task Serve(TcpClient client, bool isBad)
    {
        using (client)
        using (var plane = new TcpClient())
        {
            if (isBad && !_damages)
            {
                _ = await client.GetStream().ReadAsync(new byte[512]);
                return;
            }

            await plane.ConnectAsync(_plane.Host, _plane.Port);
            await Task.WhenAny(Pump(client, plane, isBad), Pump(plane, client, false));
        }
    }

    private static async Task Pump(TcpClient from, TcpClient to, bool damages)
    {
        var buffer = new byte[1 << 16];
        long seen = 0;
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var count)
            {
                // Beyond the head, well inside the body.
                const int place = 5000;
                if (damages && seen <= place && seen + count > place) buffer[place - seen] ^= 1;
                seen += count;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception over) when (over is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One of them hung up.
        }
    }
}
