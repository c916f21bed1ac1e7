using System.Buffers;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>
/// The tensors of the run that is served here: parameters straight out of the model's memory, gradients and batches
/// straight into the memory that the parameter server keeps.
/// </summary>
/// <param name="run">The run and which life of its server this is.</param>
/// <param name="context">The run.</param>
/// <param name="server">Read under <paramref name="gate"/> alone.</param>
/// <param name="gate">Held by whoever feeds the server.</param>
/// <param name="parts">Of a gradient that a worker brings for others as well, whose it is: empty when it may not. Asked under <paramref name="gate"/>.</param>
/// <param name="arrived">Told of each tensor that came in whole; the memory passes over with it.</param>
public sealed class RunTensors(
    RunKey run, RunContext context, ParameterServer server, Lock gate, Func<TensorName, string, IReadOnlyList<WorkPart>> parts, Action<DeskInput> arrived) : ITensorStore
{
    private readonly RunPlan _plan = context.Plan;
    private readonly ParameterSlice _slice = new(context.Plan);
    private readonly Lock _hashing = new();
    private readonly Uploads _uploads = new();
    private (ParameterSnapshot? Snapshot, string Hash) _whole = (null, "");
    private long _sent;
    private long _received;
    private TensorOffer _offer = TensorOffer.Of(server);

    /// <summary>Bytes of tensors that went out to workers.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes of tensors that workers brought.</summary>
    public long BytesReceived => Interlocked.Read(ref _received);

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name)
    {
        if (Wrong(name) is { } wrong) return (null, wrong);

        // Never behind the gate, where a commit may be going on. Two commits later the memory is written over, but then what is made of
        // it is for a step that is over.
        var offer = Volatile.Read(ref _offer);
        if (name.Kind == TensorKind.Batch) return Batch(name, offer);
        if (name.Kind != TensorKind.Parameters) return (null, PlaneOutcome.UnknownTensor);
        if (offer.ParametersAt(name.Version) is not { } snapshot) return (null, offer.Missing(name.Version));
        return (name.Count == 0 ? new WholeReading(this, snapshot) : Slice(snapshot, name), PlaneOutcome.Done);
    }

    /// <summary>The server has taken a message: what there is to read may have changed. Called by whoever feeds it, behind the gate.</summary>
    public void Renew()
    {
        var (next, now) = (TensorOffer.Of(server), _offer);
        if (next != now) Volatile.Write(ref _offer, next);
    }

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker)
    {
        if (WhyNot(name, worker, out _) is { } why) return (0, why);
        if (name.Kind == TensorKind.Batch)
        {
            var (rows, features) = _slice.BatchShape(name.Step, name.First);
            return (sizeof(float) * (long)rows * features, PlaneOutcome.Done);
        }

        var mask = new ReplicaMask(_plan.Network);
        _slice.Aim(mask, name.Step, name.First, name.Count);
        return (sizeof(float) * (long)mask.ParameterCount, PlaneOutcome.Done);
    }

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures)
    {
        if (WhyNot(name, worker, out var of) is { } why) return (null, why);
        if (!_uploads.TryBegin(worker)) return (null, PlaneOutcome.Busy);
        return (name.Kind == TensorKind.Batch ? Batch(name, worker) : Gradient(name, worker, of, figures), PlaneOutcome.Done);
    }

    private PlaneOutcome? WhyNot(TensorName name, string worker, out IReadOnlyList<WorkPart> of)
    {
        of = [];
        if (Wrong(name) is { } wrong) return wrong;
        var isTensor = name.Kind == TensorKind.Batch ? _plan.IsPipelined && name.Count == 1
            : name.Kind == TensorKind.Gradient && BlockSum.IsBlock(name.First, name.Count, _plan.Shards);
        lock (gate)
        {
            if (server.IsFinished || name.Step < server.Model.Version) return PlaneOutcome.Over;

            // Batches are made one step ahead, and nothing else is made before its step is open.
            if (!isTensor || name.Step > server.Model.Version + (name.Kind == TensorKind.Batch ? 1 : 0)) return PlaneOutcome.UnknownTensor;
            if (server.IsLeased(Id(KindOf(name), name), name.Count, new WorkerId(worker))) return null;
            if (name.Kind == TensorKind.Gradient) of = parts(name, worker);
            return of.Count > 0 && of.All(part => server.IsLeased(Id(WorkKind.Gradient, name) with { Index = part.First }, part.Count, part.Worker))
                ? null : PlaneOutcome.NotLeased;
        }
    }

    private static WorkKind KindOf(TensorName name) => name.Kind == TensorKind.Batch ? WorkKind.Attack : WorkKind.Gradient;

    private Writing Gradient(TensorName name, string worker, IReadOnlyList<WorkPart> of, GradientFigures figures)
    {
        var gradient = context.Buffers.RentGradient();
        _slice.Aim(gradient.Mask, name.Step, name.First, name.Count);
        (gradient.Shards, gradient.Loss, gradient.Correct) = (name.Count, figures.Loss, figures.Correct);
        return new Writing(this, worker, of, new WorkResult.Gradient(Id(WorkKind.Gradient, name), gradient), gradient.Memory);
    }

    private Writing Batch(TensorName name, string worker)
    {
        var (rows, features) = _slice.BatchShape(name.Step, name.First);
        var batch = context.Buffers.RentBatch().Resize(rows, features);
        return new Writing(this, worker, [], new WorkResult.Attacked(Id(WorkKind.Attack, name), batch), batch.Memory);
    }

    private CopyReading Slice(ParameterSnapshot snapshot, TensorName name)
    {
        var mask = _slice.Mask(name.Step, name.First, name.Count);
        var copy = ArrayPool<float>.Shared.Rent(mask.ParameterCount);
        ParameterSlice.Gather(snapshot.Parameters.Span, mask, copy);
        return new CopyReading(this, copy, mask.ParameterCount);
    }

    private PlaneOutcome? Wrong(TensorName name)
    {
        if (name.Run != run.Run) return PlaneOutcome.UnknownRun;
        if (name.Incarnation != run.Incarnation) return PlaneOutcome.OtherIncarnation;
        var isWhole = name is { Kind: TensorKind.Parameters, Count: 0 };
        if (name.Version < 0 || ParameterSnapshot.StepsOf(name.Version) > _plan.TotalSteps) return PlaneOutcome.UnknownTensor;
        if (isWhole) return null;
        var isInside = name.Step >= 0 && name.Step < _plan.TotalSteps && name.First >= 0 && name.Count >= 1
            && name.First <= _plan.Shards - name.Count;
        return isInside ? null : PlaneOutcome.UnknownTensor;
    }

    private (ITensorReading?, PlaneOutcome) Batch(TensorName name, TensorOffer offer)
    {
        if (offer.IsFinished || server.Batch(name.Step, name.First) is not { } batch) return (null, offer.Missing(name.Step));
        var (rows, features) = _slice.BatchShape(name.Step, name.First);
        return (Copy(batch.Read(rows, features)), PlaneOutcome.Done);
    }

    private WorkId Id(WorkKind kind, TensorName name) => new(run.Incarnation, kind, name.Step, name.First);

    private CopyReading Copy(ReadOnlySpan<float> values)
    {
        var copy = ArrayPool<float>.Shared.Rent(values.Length);
        values.CopyTo(copy);
        return new CopyReading(this, copy, values.Length);
    }

    private string HashOf(ParameterSnapshot snapshot)
    {
        lock (_hashing)
        {
            if (_whole.Snapshot != snapshot) _whole = (snapshot, TensorHash.Of(snapshot.Parameters.Span));
            return _whole.Hash;
        }
    }

    // Not copied: should a reader be so slow that two commits later the memory is written over, the hash tells it.
    private sealed class WholeReading(RunTensors owner, ParameterSnapshot snapshot) : ITensorReading
    {
        public ReadOnlyMemory<float> Values => snapshot.Parameters;

        public string Hash { get; } = owner.HashOf(snapshot);

        public void Delivered() => owner.Sent(snapshot.Parameters.Length);

        public void Dispose()
        {
            // The memory is the model's.
        }
    }

    private sealed class CopyReading(RunTensors owner, float[] copy, int count) : ITensorReading
    {
        private float[]? _copy = copy;

        public ReadOnlyMemory<float> Values => _copy.AsMemory(0, count);

        public string Hash { get; } = TensorHash.Of(copy.AsSpan(0, count));

        public void Delivered() => owner.Sent(count);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _copy, null) is { } mine) ArrayPool<float>.Shared.Return(mine);
        }
    }

    private sealed class Writing(RunTensors owner, string worker, IReadOnlyList<WorkPart> of, WorkResult result, Memory<float> values) : ITensorWriting
    {
        private readonly RunTensors _owner = owner;
        private WorkResult? _result = result;

        public Memory<float> Values => values;

        private int _isOver;

        public Task<PlaneOutcome> Accept(CancellationToken aborted)
        {
            if (Interlocked.Exchange(ref _result, null) is { } whole)
            {
                Interlocked.Add(ref _owner._received, (long)sizeof(float) * values.Length);
                _owner.Accepted(new DeskInput.Arrived(worker, whole) { Parts = of });
            }

            return Task.FromResult(PlaneOutcome.Done);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) _owner._uploads.End(worker);
            if (Interlocked.Exchange(ref _result, null) is { } unused) _owner.GiveBack(unused);
        }
    }

    /// <summary>How many tensors each worker is bringing at this moment: each has memory of its own until it is there.</summary>
    private sealed class Uploads
    {
        // A worker brings one after the other. A connection that broke off without a word is noticed half a minute later.
        private const int Most = 4;
        private readonly Dictionary<string, int> _count = new(StringComparer.Ordinal);

        public bool TryBegin(string worker)
        {
            lock (_count)
            {
                var now = _count.GetValueOrDefault(worker);
                if (now < Most) _count[worker] = now + 1;
                return now < Most;
            }
        }

        public void End(string worker)
        {
            lock (_count)
                if (--_count[worker] == 0)
                    _count.Remove(worker);
        }
    }

    /// <summary>What there is to read between two messages that the server takes.</summary>
    private sealed record TensorOffer(bool IsFinished, ParameterSnapshot Current, ParameterSnapshot Previous, ParameterSnapshot? Measured)
    {
        public static TensorOffer Of(ParameterServer server) => new(server.IsFinished, server.Model.Current, server.Model.Previous, server.Measured);

        public ParameterSnapshot? ParametersAt(long version) => IsFinished ? null
            : version == Current.Version ? Current
            : version == Measured?.Version ? Measured
            : version == Previous.Version ? Previous : null;

        public PlaneOutcome Missing(long version) =>
            IsFinished || version < Current.Version
            || (ParameterSnapshot.IsAverage(version) && ParameterSnapshot.StepsOf(version) <= Current.Version)
                ? PlaneOutcome.Over : PlaneOutcome.UnknownTensor;
    }

    private void Sent(int floats) => Interlocked.Add(ref _sent, (long)sizeof(float) * floats);

    private void Accepted(DeskInput.Arrived tensor) => arrived(tensor);

    private void GiveBack(WorkResult result) => context.Buffers.Return(result);
}
