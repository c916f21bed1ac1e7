using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// <c>GET</c> and <c>PUT /tensors/NAME</c>: a store's tensors as raw little-endian float32; <c>HEAD</c>: their hash alone. Bytes go between the store's
/// own memory and Kestrel's blocks, a block at a time: no request takes memory of a tensor's size, and who sends or reads
/// slowly is waited for.
/// </summary>
internal sealed class TensorRoutes(ITensorStore store, long mostBytes)
{
    private const string Pattern = "/" + TensorPath.Root + "{**name}";

    // Each flush may wake another thread: a block alone is too little for that.
    private const int FlushBytes = 2 * PlaneBlocks.BlockBytes;
    private const int MostFloats = 1 << 28;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Pattern, (RequestDelegate)Send);
        routes.MapMethods(Pattern, [HttpMethods.Head], (RequestDelegate)Send);
        routes.MapPut(Pattern, (RequestDelegate)Take);
    }

    private static (TensorName? Name, string? Wrong) NameOf(HttpContext http) =>
        TensorPath.Parse(http.Request.RouteValues["name"] as string ?? "");

    private async Task Send(HttpContext http)
    {
        var (name, wrong) = NameOf(http);
        if (name is null)
        {
            await Refusals.Refuse(http, PlaneRefusal.Malformed(wrong!)).ConfigureAwait(false);
            return;
        }

        await store.Prepare(name, http.RequestAborted).ConfigureAwait(false);
        var (reading, outcome) = store.Read(name);
        if (reading is null)
        {
            await Refusals.Refuse(http, PlaneRefusal.Of(outcome, name)).ConfigureAwait(false);
            return;
        }

        using (reading)
        {
            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = (long)sizeof(float) * reading.Values.Length;
            http.Response.Headers[PlaneHeaders.Hash] = reading.Hash;
            if (HttpMethods.IsHead(http.Request.Method)) return;
            if (await Write(http.Response.BodyWriter, reading.Values, http.RequestAborted).ConfigureAwait(false)) reading.Delivered();
        }
    }

    private async Task Take(HttpContext http)
    {
        var (name, wrongName) = NameOf(http);
        var (said, wrongHeader) = PlaneHeaders.Read(http.Request.Headers);
        var refusal = name is null ? PlaneRefusal.Malformed(wrongName!)
            : http.Request.ContentLength is not { } length ? PlaneRefusal.NoLength
            : length > mostBytes ? PlaneRefusal.TooLong(length, mostBytes)
            : said is null ? PlaneRefusal.Malformed(wrongHeader!)
            : await Take(http, name, said, length).ConfigureAwait(false);
        if (refusal is null) http.Response.StatusCode = StatusCodes.Status204NoContent;
        else await Refusals.Refuse(http, refusal).ConfigureAwait(false);
    }

    private async Task<PlaneRefusal?> Take(HttpContext http, TensorName name, PlaneHeaders.Said said, long length)
    {
        // Who it is and how long it must be comes before any memory for it.
        var (bytes, why) = store.Expect(name, said.Worker);
        if (why != PlaneOutcome.Done) return PlaneRefusal.Of(why, name);
        if (length != bytes) return PlaneRefusal.OtherLength(name, length, bytes);
        var (writing, outcome) = store.Write(name, said.Worker, said.Figures);
        if (writing is null) return PlaneRefusal.Of(outcome, name);
        using (writing)
        {
            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = mostBytes;
            await Read(http.Request.BodyReader, writing.Values, http.RequestAborted).ConfigureAwait(false);
            if (TensorHash.Of(writing.Values.Span) != said.Hash) return PlaneRefusal.Damaged;
            var accepted = await writing.Accept(http.RequestAborted).ConfigureAwait(false);
            return accepted == PlaneOutcome.Done ? null : PlaneRefusal.Of(accepted, name);
        }
    }

    private static async Task<bool> Write(PipeWriter body, ReadOnlyMemory<float> values, CancellationToken aborted)
    {
        var total = (long)sizeof(float) * values.Length;
        for (long sent = 0; sent < total;)
        {
            for (var end = Math.Min(total, sent + FlushBytes); sent < end;) sent += Copy(body, values, sent);
            var flushed = await body.FlushAsync(aborted).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled) return false;
        }

        return !aborted.IsCancellationRequested;
    }

    private static int Copy(PipeWriter body, ReadOnlyMemory<float> values, long from)
    {
        var room = body.GetSpan();
        var rest = Bytes(MemoryMarshal.AsMemory(values), from);
        var part = rest[..Math.Min(room.Length, rest.Length)];
        part.CopyTo(room);
        body.Advance(part.Length);
        return part.Length;
    }

    private static async Task Read(PipeReader body, Memory<float> values, CancellationToken aborted)
    {
        var total = (long)sizeof(float) * values.Length;
        for (long taken = 0; taken < total;)
        {
            var read = await body.ReadAsync(aborted).ConfigureAwait(false);
            if (read.Buffer.IsEmpty && read.IsCompleted) throw new EndOfStreamException($"the body ended after {taken} of {total} bytes");
            foreach (var part in read.Buffer)
            {
                part.Span.CopyTo(Bytes(values, taken));
                taken += part.Length;
            }

            body.AdvanceTo(read.Buffer.End);
        }
    }

    // What is left from a byte on. Spans count in int: a tensor of more than 2 GiB is gone through in floats first.
    private static Span<byte> Bytes(Memory<float> values, long from)
    {
        var floats = values.Span[(int)(from / sizeof(float))..];
        return MemoryMarshal.AsBytes(floats[..Math.Min(floats.Length, MostFloats)])[(int)(from % sizeof(float))..];
    }
}
