using System.Net.Http.Headers;
using System.Text.Json;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;

namespace ClusterTrain.Cluster.Control;

/// <summary>A worker's way to a server on this machine: says things at once, and always has one request waiting for news.</summary>
public sealed class HttpServerLink : IServerLink
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;
    private readonly string _worker;
    private readonly TimeSpan _giveUpAfter;
    private readonly Action _gone;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly Thread _listener;
    private volatile Action<IClusterMessage>? _received;

    /// <param name="server">Base address of the server's plane.</param>
    /// <param name="connections">Shared with the plane; stay open when this is disposed of.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="giveUpAfter">How long a server may be out of reach.</param>
    /// <param name="gone">Called once it was for longer.</param>
    /// <param name="time">The clock.</param>
    public HttpServerLink(
        Uri server, PlaneConnections connections, string worker, TimeSpan giveUpAfter, Action gone, TimeProvider time)
    {
        (_worker, _giveUpAfter, _gone, _time) = (worker, giveUpAfter, gone, time);
        _http = connections.Client();
        _http.BaseAddress = server;
        _http.Timeout = TimeSpan.FromMilliseconds(2 * ControlRoutes.MostWait);
        _http.MaxResponseContentBufferSize = Mailboxes.MostWaiting * ControlJson.MostBytes;
        _listener = new Thread(Listen) { Name = "link", IsBackground = true };
    }

    // Listening begins with the first who wants to hear.
    public Action<IClusterMessage>? Received
    {
        get => _received;
        set
        {
            _received = value;
            if (value is not null && _listener.ThreadState.HasFlag(ThreadState.Unstarted)) _listener.Start();
        }
    }

    public void Send(IClusterMessage message) => Exchange([message], 0);

    public void Dispose()
    {
        _over.Cancel();
        _http.Dispose();
    }

    private void Listen()
    {
        var heard = _time.GetTimestamp();
        while (!_over.IsCancellationRequested)
        {
            if (Received is not null && Exchange([], ControlRoutes.MostWait / 2))
            {
                heard = _time.GetTimestamp();
                continue;
            }

            if (_time.GetElapsedTime(heard) > _giveUpAfter)
            {
                _gone();
                return;
            }

            _over.Token.WaitHandle.WaitOne(Pause);
        }
    }

    private bool Exchange(IClusterMessage[] messages, int wait)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"control/{Uri.EscapeDataString(_worker)}?wait={wait}")
            {
                Content = new ByteArrayContent(ControlJson.Write(messages)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = _http.Send(request, HttpCompletionOption.ResponseContentRead, _over.Token);
            if (!response.IsSuccessStatusCode) return false;
            using var body = new MemoryStream();
            response.Content.CopyTo(body, null, _over.Token);
            foreach (var message in ControlJson.Read(body.GetBuffer().AsSpan(0, (int)body.Length))) Received?.Invoke(message);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException
            or ObjectDisposedException or JsonException)
        {
            return false;
        }
    }
}
