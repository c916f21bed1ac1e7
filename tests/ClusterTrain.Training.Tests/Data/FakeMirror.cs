using System.Net;
using System.Net.Http.Headers;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>A web server in memory: serves files by name, understands ranges, and fails as told.</summary>
internal sealed class FakeMirror : HttpMessageHandler
{
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Every request as <c>NAME</c> or <c>NAME from N</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Bytes after which each of the first bodies breaks off, in order of requests.</summary>
    public Queue<int> BreakAfter { get; } = [];

    /// <summary>Thrown instead of an answer while it is set.</summary>
    public HttpRequestException? Unreachable { get; set; }

    public Queue<HttpStatusCode> Statuses { get; } = [];

    public bool IgnoresRanges { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(request.RequestUri!.AbsolutePath);
        var from = request.Headers.Range?.Ranges.Single().From ?? 0;
        Requests.Add(from > 0 ? $"{name} from {from}" : name);
        if (Unreachable is not null) throw Unreachable;
        if (Statuses.TryDequeue(out var status)) return Task.FromResult(new HttpResponseMessage(status));
        if (!Files.TryGetValue(name, out var bytes))
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
        if (IgnoresRanges) from = 0;
        if (from >= bytes.Length)
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable));

        var rest = bytes[(int)from..];
        var content = new StreamContent(new BreakingStream(rest, BreakAfter.TryDequeue(out var after) ? after : int.MaxValue));
        content.Headers.ContentLength = rest.Length;
        if (from > 0) content.Headers.ContentRange = new ContentRangeHeaderValue(from, bytes.Length - 1, bytes.Length);
        return Task.FromResult(new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK)
        {
            Content = content,
        });
    }

    private sealed class BreakingStream(byte[] bytes, int breakAfter) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= breakAfter)
                throw new HttpIOException(HttpRequestError.ResponseEnded, "the response ended prematurely");
            var most = (int)Math.Min(buffer.Length, breakAfter - Position);
            return base.ReadAsync(buffer[..most], cancellationToken);
        }
    }
}

/// <summary>A clock on which short waits end at once and long ones never do.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.FromSeconds(30)) return new Never();
        Waits.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
