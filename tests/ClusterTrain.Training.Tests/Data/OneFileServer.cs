using System.Net;
using System.Net.Sockets;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>A web server on loopback that answers every request with the same bytes.</summary>
internal sealed class OneFileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public OneFileServer(byte[] content)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _serving = Serve(content);
    }

    public Uri Address { get; }

    /// <summary>Paths that were asked for.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task Serve(byte[] content)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Requests.Add(context.Request.Url!.AbsolutePath);
                context.Response.ContentLength64 = content.Length;
                await context.Response.OutputStream.WriteAsync(content);
                context.Response.Close();
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }
}
