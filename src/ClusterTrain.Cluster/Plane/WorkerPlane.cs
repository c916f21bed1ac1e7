using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// The tensors of a server, as a worker reaches them over HTTP. Blocks until done, and never throws for what can go wrong:
/// what fails on the way is tried again a few times, since every request may be repeated. Any thread may call.
/// </summary>
public sealed class WorkerPlane : IDisposable
{
    // Bringing this much to a server that refuses it costs more than asking first.
    private const int WorthAsking = 1 << 20;

    // Spans of bytes count in int: a tensor may have more.
    private const int PartFloats = 1 << 28;

    private const int MostReasonBytes = 300;
    private const int MostSpecBytes = 2 << 20;

    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(1000)];

    private readonly HttpClient _http;
    private readonly PlaneConnections _connections;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly CancellationToken _isAbandoned;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private volatile string? _noted;
    private long _sent;
    private long _received;

    /// <param name="server">Base address of the server's plane.</param>
    /// <param name="connections">Stay open when this is disposed of.</param>
    /// <param name="time">For the waits between tries.</param>
    /// <param name="note">Told why the server is out of reach, unless for the same reason as last time; must not block.</param>
    /// <exception cref="Nodes.NodeSettingsException">The address does not fit the certificates.</exception>
    public WorkerPlane(Uri server, PlaneConnections connections, TimeProvider time, Action<string>? note = null)
    {
        connections.RequireFits(server);
        (_connections, _time, _note) = (connections, time, note ?? (_ => { }));
        _isAbandoned = _abandoned.Token;
        _http = connections.Client();
        (_http.BaseAddress, _http.Timeout) = (server, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes of tensors that the server has taken.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes of tensors that came whole.</summary>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>Whether nobody waits for this server any more.</summary>
    public bool IsAbandoned => _isAbandoned.IsCancellationRequested;

    /// <summary>
    /// Whatever is asked or brought, now or later, is out of reach at once: for a server that another one has taken the place of. Its
    /// connections are closed.
    /// </summary>
    public void Abandon()
    {
        _abandoned.Cancel();
        _connections.Close(_http.BaseAddress!);
    }

    /// <summary>Fills <paramref name="target"/>, which has exactly the tensor's length; what it holds is void unless done.</summary>
    public PlaneOutcome Get(TensorName name, Memory<float> target) => Persist(() =>
        Send(_ => new HttpRequestMessage(HttpMethod.Get, TensorPath.Of(name)), response => Fill(response, target)));

    /// <summary>
    /// The same from one who need not have it: tried once, for so long at the most, whatever the reason. Nothing is noted of it.
    /// </summary>
    public bool TryGet(TensorName name, Memory<float> target, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _isAbandoned);

        // Nothing else interrupts who reads a body.
        using var cut = either.Token.Register(() => _connections.Close(_http.BaseAddress!));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, TensorPath.Of(name));
            using var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode && Fill(response, target).Outcome == PlaneOutcome.Done;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The hash of a tensor, or null when the server has not got it or cannot be reached.</summary>
    public string? GetHash(TensorName name)
    {
        string? hash = null;
        Persist(() => Send(_ => new HttpRequestMessage(HttpMethod.Head, TensorPath.Of(name)), response =>
        {
            hash = response.Headers.TryGetValues(PlaneHeaders.Hash, out var said) ? said.First() : null;
            return Attempt.Done;
        }));
        return hash;
    }

    /// <summary>Brings a tensor; bringing it again changes nothing.</summary>
    public PlaneOutcome Put(TensorName name, ReadOnlyMemory<float> values, string worker, GradientFigures figures)
    {
        var hash = TensorHash.Of(values.Span);
        return Persist(() => Send(progress => Bring(name, new TensorContent(values, progress), worker, figures, hash), _ =>
        {
            Interlocked.Add(ref _sent, (long)sizeof(float) * values.Length);
            return Attempt.Done;
        }));
    }

    /// <summary>
    /// The same to one who need not take it: tried once, for so long at the most. Why not; damaged where the connection broke, which another
    /// request to the same one may have done; unreachable for any other reason. Nothing is noted of it.
    /// </summary>
    public PlaneOutcome TryPut(TensorName name, ReadOnlyMemory<float> values, string worker, GradientFigures figures, TimeSpan patience)
    {
        if (patience <= TimeSpan.Zero) return PlaneOutcome.Unreachable;
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _isAbandoned);

        // Nothing else interrupts who writes a body.
        using var cut = either.Token.Register(() => _connections.Close(_http.BaseAddress!));
        try
        {
            using var request = Bring(name, new TensorContent(values, () => { }), worker, figures, TensorHash.Of(values.Span));
            using var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? PlaneOutcome.Done : Refused(response).Outcome;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            var isBroken = failure is IOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.Unknown };
            return isBroken && !either.IsCancellationRequested ? PlaneOutcome.Damaged : PlaneOutcome.Unreachable;
        }
    }

    /// <summary>The spec of a run, or null when the server cannot be reached or has no such run.</summary>
    public string? GetSpec(string run)
    {
        string? spec = null;
        Persist(() => Send(_ => new HttpRequestMessage(HttpMethod.Get, $"runs/{Uri.EscapeDataString(run)}/spec"), response =>
        {
            spec = Text(response, MostSpecBytes);
            return Attempt.Done;
        }));
        return spec;
    }

    public void Dispose()
    {
        _http.Dispose();
        _abandoned.Dispose();
    }

    private static HttpRequestMessage Bring(TensorName name, TensorContent content, string worker, GradientFigures figures, string hash)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, TensorPath.Of(name)) { Content = content };
        request.Headers.Add(PlaneHeaders.Hash, hash);
        request.Headers.Add(PlaneHeaders.Worker, Uri.EscapeDataString(worker));
        request.Headers.Add(PlaneHeaders.Loss, PlaneHeaders.LossBits(figures.Loss));
        request.Headers.Add(PlaneHeaders.Correct, figures.Correct.ToString(CultureInfo.InvariantCulture));
        if (content.Headers.ContentLength > WorthAsking) request.Headers.ExpectContinue = true;
        return request;
    }

    private static string Text(HttpResponseMessage response, int mostBytes)
    {
        using var stream = response.Content.ReadAsStream();
        var bytes = new byte[mostBytes];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }

    private Attempt Fill(HttpResponseMessage response, Memory<float> target)
    {
        var bytes = (long)sizeof(float) * target.Length;
        if (response.Content.Headers.ContentLength != bytes)
            return Attempt.Failed($"the server sends {response.Content.Headers.ContentLength} bytes where {bytes} are wanted");
        using var stream = response.Content.ReadAsStream();
        for (var at = 0; at < target.Length; at += PartFloats)
            stream.ReadExactly(MemoryMarshal.AsBytes(target.Span.Slice(at, Math.Min(PartFloats, target.Length - at))));
        if (!response.Headers.TryGetValues(PlaneHeaders.Hash, out var said) || said.First() != TensorHash.Of(target.Span))
            return Attempt.Again("what came does not have the hash that the server says");
        Interlocked.Add(ref _received, bytes);
        return Attempt.Done;
    }

    private PlaneOutcome Persist(Func<Attempt> attempt)
    {
        for (var tries = 0; ; tries++)
        {
            var (outcome, isFinal, why) = attempt();
            if (outcome == PlaneOutcome.Done) _noted = null;
            if (isFinal || tries == Waits.Length || IsAbandoned)
            {
                if (outcome == PlaneOutcome.Unreachable && !IsAbandoned) Note(why!);
                return outcome;
            }

            Task.Delay(Waits[tries], _time, _isAbandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    private void Note(string why)
    {
        if (_noted == why) return;
        _noted = why;
        _note($"{_http.BaseAddress}: {why}");
    }

    private Attempt Send(Func<Action, HttpRequestMessage> make, Func<HttpResponseMessage, Attempt> done)
    {
        try
        {
            // Until the headers are there; the socket's own timeout watches over the body.
            using var patience = new CancellationTokenSource(PlaneConnections.Patience, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _isAbandoned);
            using var request = make(() => patience.CancelAfter(PlaneConnections.Patience));
            using var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? done(response) : Refused(response);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return Attempt.Again(failure is OperationCanceledException
                ? $"no answer within {PlaneConnections.Patience.TotalSeconds:F0} s" : failure.GetBaseException().Message);
        }
    }

    private static Attempt Refused(HttpResponseMessage response)
    {
        var code = response.Headers.TryGetValues(PlaneHeaders.Refusal, out var codes) ? codes.First() : "";
        var outcome = PlaneCodes.Read(code);
        if (outcome is PlaneOutcome.Over or PlaneOutcome.UnknownTensor or PlaneOutcome.UnknownRun or PlaneOutcome.OtherIncarnation or PlaneOutcome.NotLeased)
            return Attempt.Final(outcome);
        var why = $"it answers {(int)response.StatusCode}: {Text(response, MostReasonBytes)}";
        var isWorthwhile = outcome == PlaneOutcome.Damaged || response.StatusCode >= HttpStatusCode.InternalServerError;
        return isWorthwhile ? Attempt.Again(why) : Attempt.Failed(why);
    }

    private readonly record struct Attempt(PlaneOutcome Outcome, bool IsFinal, string? Why)
    {
        public static Attempt Done => Final(PlaneOutcome.Done);

        public static Attempt Final(PlaneOutcome outcome) => new(outcome, true, null);

        /// <summary>Trying again would not help.</summary>
        public static Attempt Failed(string why) => new(PlaneOutcome.Unreachable, true, why);

        public static Attempt Again(string why) => new(PlaneOutcome.Unreachable, false, why);
    }
}
