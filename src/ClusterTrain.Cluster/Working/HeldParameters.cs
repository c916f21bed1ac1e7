using System.Buffers;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// The parameters that a worker has in full, for others to get them from it. Who asks too early is kept waiting: it will be there in a
/// moment, or the other one loses patience and asks the server. Any thread may call.
/// </summary>
public sealed class HeldParameters : ITensorStore
{
    // Versions that are kept: the worker's own memory has no more.
    private const int Most = 2;

    private readonly Lock _gate = new();
    private readonly List<Version> _held = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunKey? _run;
    private ParameterSlice? _slice;
    private long _sent;

    /// <summary>What others have brought for this worker to add to.</summary>
    public HeldAddends Addends { get; } = new();

    /// <summary>Bytes of tensors that went out to other workers.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>From now on a run's, and no other's.</summary>
    public void Begin(RunKey run, RunPlan plan)
    {
        lock (_gate)
        {
            if (_run == run) return;
            (_run, _slice) = (run, new ParameterSlice(plan));
            _held.Clear();
            Change();
        }
    }

    /// <summary>A version is here in full, in memory that will not change before <see cref="Drop"/>.</summary>
    public void Hold(RunKey run, ParameterSnapshot snapshot, string hash)
    {
        lock (_gate)
        {
            if (_run != run) return;
            if (_held.Count == Most) _held.RemoveAt(0);
            _held.Add(new Version(snapshot, hash));
            Change();
        }
    }

    /// <summary>The memory of a version is about to be written over. Who is reading it notices by the hash.</summary>
    public void Drop(long version)
    {
        lock (_gate) _held.RemoveAll(held => held.Snapshot.Version == version);
    }

    public async Task Prepare(TensorName name, CancellationToken aborted)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!IsAwaited(name)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(aborted).ConfigureAwait(false);
        }
    }

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name)
    {
        Version? found;
        ParameterSlice? slice;
        lock (_gate)
        {
            if (_run is not { } run || run.Run != name.Run) return (null, PlaneOutcome.UnknownRun);
            if (run.Incarnation != name.Incarnation) return (null, PlaneOutcome.OtherIncarnation);
            (found, slice) = (Find(name), _slice);
        }

        if (found is null || name.Kind != TensorKind.Parameters) return (null, PlaneOutcome.UnknownTensor);
        if (name.Count == 0) return (new Reading(this, found.Snapshot.Parameters, found.Hash, null), PlaneOutcome.Done);
        if (!slice!.Has(name.Step, name.First, name.Count)) return (null, PlaneOutcome.UnknownTensor);
        var mask = slice.Mask(name.Step, name.First, name.Count);
        var copy = ArrayPool<float>.Shared.Rent(mask.ParameterCount);
        ParameterSlice.Gather(found.Snapshot.Parameters.Span, mask, copy);
        var values = copy.AsMemory(0, mask.ParameterCount);
        return (new Reading(this, values, TensorHash.Of(values.Span), copy), PlaneOutcome.Done);
    }

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) =>
        name.Kind == TensorKind.Addend ? Addends.Expect(name) : (0, PlaneOutcome.UnknownRun);

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) =>
        name.Kind == TensorKind.Addend ? Addends.Write(name, figures) : (null, PlaneOutcome.UnknownRun);

    private Version? Find(TensorName name) => _held.Find(held => held.Snapshot.Version == name.Version);

    // A version that is newer than what is here, of this run or of one that this worker has not heard of yet.
    private bool IsAwaited(TensorName name)
    {
        if (name.Kind != TensorKind.Parameters || Find(name) is not null) return false;
        return _run is { } run && run.Run == name.Run && run.Incarnation == name.Incarnation
            && _held.TrueForAll(held => ParameterSnapshot.StepsOf(held.Snapshot.Version) <= ParameterSnapshot.StepsOf(name.Version));
    }

    private void Change()
    {
        var before = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }

    private sealed record Version(ParameterSnapshot Snapshot, string Hash);

    private sealed class Reading(HeldParameters owner, ReadOnlyMemory<float> values, string hash, float[]? copy) : ITensorReading
    {
        private float[]? _copy = copy;

        public ReadOnlyMemory<float> Values => values;

        public string Hash => hash;

        public void Delivered() => Interlocked.Add(ref owner._sent, (long)sizeof(float) * values.Length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _copy, null) is { } mine) ArrayPool<float>.Shared.Return(mine);
        }
    }
}
