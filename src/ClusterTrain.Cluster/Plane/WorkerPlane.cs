using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterTrain.Cluster.Plane;

/// <summary>Stand-in.</summary>
public sealed class WorkerPlane : ITensorPlane, IDisposable
{
    private readonly HttpClient _http;

    public WorkerPlane(Uri server, object? tls) => _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server };

    public PlaneOutcome Get(TensorName name, Memory<float> target) => Try(Request(HttpMethod.Get, name), response =>
    {
        var bytes = MemoryMarshal.AsMemory(PlaneHost.Bytes(target));
        if (response.Content.Headers.ContentLength != bytes.Length) return PlaneOutcome.Unreachable;
        using var stream = response.Content.ReadAsStream();
        stream.ReadExactly(bytes.Span);
        return TensorHash.Of(target.Span) == response.Headers.GetValues("X-ClusterTrain-Hash").Single() ? PlaneOutcome.Done : PlaneOutcome.Unreachable;
    });

    public PlaneOutcome Put(TensorName name, ReadOnlyMemory<float> values, string worker, GradientFigures figures)
    {
        var request = Request(HttpMethod.Put, name);
        request.Content = new ReadOnlyMemoryContent(PlaneHost.Bytes(values));
        request.Headers.Add("X-Worker", worker);
        request.Headers.Add("X-Loss", BitConverter.DoubleToInt64Bits(figures.Loss).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Correct", figures.Correct.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-ClusterTrain-Hash", TensorHash.Of(values.Span));
        return Try(request, _ => PlaneOutcome.Done);
    }

    public string? GetSpec(string run)
    {
        try
        {
            return _http.GetStringAsync($"runs/{run}/spec").GetAwaiter().GetResult();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(HttpMethod method, TensorName n) => new(method, $"t/{n.Run}/{n.Incarnation}/{(int)n.Kind}/{n.Version}/{n.Step}/{n.First}/{n.Count}");

    private PlaneOutcome Try(HttpRequestMessage request, Func<HttpResponseMessage, PlaneOutcome> done)
    {
        try
        {
            using (request)
            using (var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead))
                return (int)response.StatusCode switch
                {
                    200 => done(response), 404 or 409 => PlaneOutcome.OtherRun, _ => PlaneOutcome.Over,
                };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PlaneOutcome.Unreachable;
        }
    }
}
