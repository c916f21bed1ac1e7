using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>
/// Serves run "r" in incarnation 3, step 5: whole parameters of version 5, gradients of step 5 in blocks of one shard from
/// 0 to 7. Keeps all that was accepted.
/// </summary>
public sealed class RecordingStore(int floats) : ITensorStore
{
    public const string Run = "r";
    public const int Incarnation = 3;
    public const long Step = 5;
    public const int Shards = 8;

    private readonly Lock _gate = new();
    private readonly Stack<float[]> _free = new();
    private readonly List<(TensorName Name, string Worker, GradientFigures Figures, string Hash)> _accepted = [];
    private int _asked;
    private int _held;
    private long _delivered;

    public float[] Parameters { get; } = [.. Enumerable.Range(0, floats).Select(i => i * 0.25f)];

    public static TensorName Whole { get; } = TensorName.Whole(Run, Incarnation, Step);

    public string? SaidHash { get; set; }

    /// <summary>Times that it was asked for a tensor or for room.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Readings and writings that nobody has given back.</summary>
    public int Held => Volatile.Read(ref _held);

    public long BytesDelivered => Interlocked.Read(ref _delivered);

    public IReadOnlyList<(TensorName Name, string Worker, GradientFigures Figures, string Hash)> Accepted
    {
        get
        {
            lock (_gate) return [.. _accepted];
        }
    }

    public static TensorName Gradient(int shard) => TensorName.Gradient(Run, Incarnation, Step, shard, 1);

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name)
    {
        Interlocked.Increment(ref _asked);
        if (Wrong(name) is { } wrong) return (null, wrong);
        if (name.Version < Step) return (null, PlaneOutcome.Over);
        if (name != Whole) return (null, PlaneOutcome.UnknownTensor);
        Interlocked.Increment(ref _held);
        return (new Reading(this), PlaneOutcome.Done);
    }

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker)
    {
        Interlocked.Increment(ref _asked);
        return (sizeof(float) * (long)floats, WhyNot(name) ?? PlaneOutcome.Done);
    }

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures)
    {
        if (WhyNot(name) is { } why) return (null, why);
        Interlocked.Increment(ref _held);
        lock (_gate) return (new Writing(this, name, worker, figures, _free.Count > 0 ? _free.Pop() : new float[floats]), PlaneOutcome.Done);
    }

    private static PlaneOutcome? WhyNot(TensorName name) => Wrong(name) is { } wrong ? wrong
        : name.Step < Step ? PlaneOutcome.Over
        : name != Gradient(name.First) || name.First >= Shards ? PlaneOutcome.UnknownTensor : null;

    private static PlaneOutcome? Wrong(TensorName name) => name.Run != Run ? PlaneOutcome.UnknownRun
        : name.Incarnation != Incarnation ? PlaneOutcome.OtherIncarnation : null;

    private sealed class Reading(RecordingStore owner) : ITensorReading
    {
        public ReadOnlyMemory<float> Values => owner.Parameters;

        public string Hash => owner.SaidHash ?? TensorHash.Of(owner.Parameters);

        public void Delivered() => Interlocked.Add(ref owner._delivered, 4L * owner.Parameters.Length);

        public void Dispose() => Interlocked.Decrement(ref owner._held);
    }

    private sealed class Writing(RecordingStore owner, TensorName name, string worker, GradientFigures figures, float[] place) : ITensorWriting
    {
        public Memory<float> Values => place;

        public Task<PlaneOutcome> Accept(CancellationToken aborted)
        {
            lock (owner._gate) owner._accepted.Add((name, worker, figures, TensorHash.Of(place)));
            return Task.FromResult(PlaneOutcome.Done);
        }

        public void Dispose()
        {
            lock (owner._gate) owner._free.Push(place);
            Interlocked.Decrement(ref owner._held);
        }
    }
}
