using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// Does a range of work: gets parameters and batches from the plane, executes it, adds neighbouring gradients, and brings
/// the results. Called by one thread at a time.
/// </summary>
internal sealed class RangeRunner : IDisposable
{
    private readonly string _worker;
    private readonly TimeProvider _time;
    private readonly RunContext _context;
    private readonly RunPlan _plan;
    private readonly ShardCrew _crew;
    private readonly PeerPlanes _peers;
    private readonly ParameterPort _port;
    private readonly GradientPort _gradients;
    private readonly HeldParameters? _relay;
    private readonly ParameterSlice _slice;
    private readonly BlockSum _blocks;
    private readonly AlignedBuffer _cut;
    private readonly AlignedBuffer _scattered;
    private readonly AlignedBuffer[] _whole;
    private readonly long[] _wholeVersion = [-1, -1];

    /// <param name="settings">Who the worker is.</param>
    /// <param name="context">The run.</param>
    /// <param name="lost">Told, on any thread, of a run whose server could not be brought what was on its way.</param>
    public RangeRunner(WorkerSettings settings, RunContext context, Action<RunKey> lost)
    {
        (_worker, _context, _plan) = (settings.Name, context, context.Plan);
        _crew = new ShardCrew(context, settings);
        (_time, _peers, _relay) = (settings.Time, new PeerPlanes(settings), settings.Relay);
        (_port, _gradients) = (new ParameterPort(settings, _peers), new GradientPort(settings, context, _peers, lost));
        _slice = new ParameterSlice(_plan);
        _blocks = new BlockSum(_plan.Network, _plan.Shards, context.Buffers);
        var length = _plan.Network.ParameterCount;
        (_cut, _scattered) = (new AlignedBuffer(length), new AlignedBuffer(length));
        _whole = [new AlignedBuffer(length), new AlignedBuffer(length)];
    }

    /// <summary>What came of a range.</summary>
    /// <param name="Measured">Answers that ride in messages.</param>
    /// <param name="Outcome">Done, or why the rest could not be got or brought.</param>
    /// <param name="Took">Microseconds that a gradient took, where its sum goes with those of others; else 0.</param>
    /// <param name="Keeps">Whether gradients are still on their way in sums.</param>
    public readonly record struct Report(IReadOnlyList<ClusterMessage.Measured> Measured, PlaneOutcome Outcome, long Took = 0, bool Keeps = false);

    /// <summary>Address of a worker that has failed since this was last asked; empty for none.</summary>
    public string TakeFailed() => _port.TakeFailed();

    /// <summary>Address of a worker that has not answered since this was last asked; empty for none.</summary>
    public string TakeUnheard() => _gradients.TakeUnheard();

    public Report Run(ClusterMessage.Assign assign, WorkerPlane plane, Func<bool> handBack) => Work(assign, plane, handBack) with { Keeps = _gradients.IsBusy };

    /// <summary>Waits no longer for what is on its way.</summary>
    public void Stop() => _gradients.Stop();

    public void Dispose()
    {
        _crew.Dispose();
        Stop();
        _peers.Dispose();
    }

    private Report Work(ClusterMessage.Assign assign, WorkerPlane plane, Func<bool> handBack)
    {
        var (run, range, received) = (assign.Run, assign.Range, _time.GetTimestamp());
        var (parameters, outcome) = Parameters(assign, plane);
        if (outcome != PlaneOutcome.Done) return new Report([], outcome);
        var batches = new AdversarialBatch?[_plan.IsPipelined && range.Kind == WorkKind.Gradient ? range.Count : 0];
        try
        {
            for (var i = 0; i < batches.Length; i++)
            {
                var batch = batches[i] = Batch(range[i]);
                outcome = plane.Get(TensorName.Batch(run.Run, run.Incarnation, range.Step, range[i].Index), batch.Memory);
                if (outcome != PlaneOutcome.Done) return new Report([], outcome);
            }

            return Deliver(assign, received, plane, _crew.Execute(range, parameters!, batches, handBack));
        }
        finally
        {
            foreach (var batch in batches)
                if (batch is not null)
                    _context.Buffers.Return(batch);
        }
    }

    private AdversarialBatch Batch(WorkId id)
    {
        var (rows, features) = _slice.BatchShape(id.Step, id.Index);
        return _context.Buffers.RentBatch().Resize(rows, features);
    }

    private (ParameterSnapshot?, PlaneOutcome) Parameters(ClusterMessage.Assign assign, WorkerPlane plane)
    {
        var ((run, incarnation), range, version) = (assign.Run, assign.Range, assign.Version);
        var place = (int)(version & 1);
        if (_wholeVersion[place] != version && !assign.IsRelay && range.Kind is WorkKind.Gradient or WorkKind.Attack)
        {
            var mask = _slice.Mask(range.Step, range.First.Index, range.Count);
            if (mask.ParameterCount < ParameterSlice.WorthSlicing * _plan.Network.ParameterCount)
            {
                var cut = _cut.Memory[..mask.ParameterCount];
                var name = TensorName.Slice(run, incarnation, version, range.Step, range.First.Index, range.Count);
                var got = _port.Get(name, assign, plane, cut);
                if (got != PlaneOutcome.Done) return (null, got);
                ParameterSlice.Scatter(cut.Span, mask, _scattered.Span);
                return (new ParameterSnapshot(version, _scattered.Memory), got);
            }
        }

        if (_wholeVersion[place] != version)
        {
            _relay?.Drop(_wholeVersion[place]);
            _wholeVersion[place] = -1;
            var got = _port.Get(TensorName.Whole(run, incarnation, version), assign, plane, _whole[place].Memory);
            if (got != PlaneOutcome.Done) return (null, got);
            _wholeVersion[place] = version;
        }

        var whole = new ParameterSnapshot(version, _whole[place].Memory);
        if (assign.IsRelay) _relay?.Hold(assign.Run, whole, assign.Hash);
        return (whole, PlaneOutcome.Done);
    }

    private Report Deliver(ClusterMessage.Assign assign, long received, WorkerPlane plane, WorkResult?[] results)
    {
        var (run, range) = (assign.Run, assign.Range);
        List<ClusterMessage.Measured> measured = [];
        var outcome = PlaneOutcome.Done;
        foreach (var result in results)
        {
            if (result is WorkResult.Evaluated evaluated)
                measured.Add(new ClusterMessage.Measured(_worker, run, range.Kind, range.Step, evaluated.Id.Index, evaluated.Sums));
            if (result is not WorkResult.Attacked attacked) continue;
            if (outcome == PlaneOutcome.Done)
                outcome = plane.Put(TensorName.Batch(run.Run, run.Incarnation, range.Step, attacked.Id.Index), attacked.Batch.Memory, _worker, default);
            _context.Buffers.Return(attacked.Batch);
        }

        if (range.Kind != WorkKind.Gradient) return new Report(measured, outcome);
        var took = assign.Adders.Length > 0 ? (long)_time.GetElapsedTime(received).TotalMicroseconds / range.Count : 0;
        return new Report(measured, _gradients.Bring(assign, received, plane, Blocks(results)), took);
    }

    // Of each run of neighbours that were executed, the fewest aligned blocks.
    private List<(int First, ShardGradient Block)> Blocks(WorkResult?[] results)
    {
        List<(int, ShardGradient)> blocks = [];
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is not WorkResult.Gradient head) continue;
            List<ShardGradient> leaves = [head.Shard];
            while (i + 1 < results.Length && results[i + 1] is WorkResult.Gradient next)
            {
                leaves.Add(next.Shard);
                i++;
            }

            blocks.AddRange(_blocks.Fold(head.Id.Index, leaves));
        }

        return blocks;
    }
}
