using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Cluster.Plane;

/// <summary>Stand-in.</summary>
public sealed class PlaneHost : IDisposable
{
    private readonly WebApplication _app;

    private PlaneHost(WebApplication app) => _app = app;

    public string Address => _app.Urls.First().TrimEnd('/') + "/";

    public static PlaneHost Start(PlaneOptions options, ITensorStore store, Action<IEndpointRouteBuilder> more)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Endpoint);
            kestrel.Limits.MaxRequestBodySize = 1L << 32;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseRouting();
        Map(app, store);
        more(app);
        app.UseEndpoints(_ => { });
        app.StartAsync().GetAwaiter().GetResult();
        return new PlaneHost(app);
    }

    public void Dispose()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try { _app.StopAsync(limit.Token).GetAwaiter().GetResult(); } catch (OperationCanceledException) { }
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Map(IEndpointRouteBuilder app, ITensorStore store)
    {
        app.MapGet("/t/{run}/{inc:int}/{kind:int}/{version:long}/{step:long}/{first:int}/{count:int}",
            async (HttpContext http, string run, int inc, int kind, long version, long step, int first, int count) =>
            {
                var (reading, refusal) = store.Read(new TensorName(run, inc, (TensorKind)kind, version, step, first, count));
                if (reading is null) { http.Response.StatusCode = Status(refusal); return; }
                using (reading)
                {
                    var bytes = Bytes(reading.Values);
                    http.Response.ContentLength = bytes.Length;
                    http.Response.Headers["X-ClusterTrain-Hash"] = reading.Hash;
                    await http.Response.Body.WriteAsync(bytes);
                }
            });
        app.MapPut("/t/{run}/{inc:int}/{kind:int}/{version:long}/{step:long}/{first:int}/{count:int}",
            async (HttpContext http, string run, int inc, int kind, long version, long step, int first, int count) =>
            {
                var headers = http.Request.Headers;
                var figures = new GradientFigures(BitConverter.Int64BitsToDouble(long.Parse(headers["X-Loss"]!, CultureInfo.InvariantCulture)), int.Parse(headers["X-Correct"]!, CultureInfo.InvariantCulture));
                var (writing, refusal) = store.Write(new TensorName(run, inc, (TensorKind)kind, version, step, first, count), headers["X-Worker"]!, figures);
                if (writing is null) { http.Response.StatusCode = Status(refusal); return; }
                using (writing)
                {
                    var bytes = Bytes(writing.Values);
                    if (http.Request.ContentLength != bytes.Length) { http.Response.StatusCode = 400; return; }
                    await http.Request.Body.ReadExactlyAsync(MemoryMarshal.AsMemory(bytes));
                    if (TensorHash.Of(writing.Values.Span) != headers["X-ClusterTrain-Hash"]) { http.Response.StatusCode = 422; return; }
                    writing.Accept();
                }
            });
    }

    private static int Status(TensorRefusal? refusal) => refusal switch
    {
        TensorRefusal.UnknownRun => 404, TensorRefusal.OtherIncarnation => 409, TensorRefusal.Over => 410, _ => 400,
    };

    internal static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<float> floats) => new FloatBytes(MemoryMarshal.AsMemory(floats)).Memory;

    internal sealed class FloatBytes(Memory<float> floats) : System.Buffers.MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(floats.Span);
        public override unsafe System.Buffers.MemoryHandle Pin(int elementIndex = 0)
        {
            var h = floats.Pin();
            return new System.Buffers.MemoryHandle((byte*)h.Pointer + elementIndex, default, this);
        }
        public override void Unpin() { }
        protected override void Dispose(bool disposing) { }
    }
}
