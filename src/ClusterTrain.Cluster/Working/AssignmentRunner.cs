using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// Does an assignment: gets parameters and batches from the plane, executes the items, adds neighbouring gradients, and
/// brings the results. Called by one thread at a time.
/// </summary>
internal sealed class AssignmentRunner
{
    // Below this share of the whole, the slice that the shards keep is got instead of everything.
    private const double WorthSlicing = 0.9;

    private readonly string _worker;
    private readonly RunContext _context;
    private readonly RunPlan _plan;
    private readonly ShardCrew _crew;
    private readonly ParameterSlice _slice;
    private readonly BlockSum _blocks;
    private readonly AlignedBuffer _cut;
    private readonly AlignedBuffer _scattered;
    private readonly AlignedBuffer[] _whole;
    private readonly long[] _wholeVersion = [-1, -1];

    public AssignmentRunner(WorkerSettings settings, RunContext context)
    {
        (_worker, _context, _plan) = (settings.Name, context, context.Plan);
        _crew = new ShardCrew(context, settings);
        _slice = new ParameterSlice(_plan);
        _blocks = new BlockSum(_plan.Network, _plan.Shards, context.Buffers);
        var length = _plan.Network.ParameterCount;
        (_cut, _scattered) = (new AlignedBuffer(length), new AlignedBuffer(length));
        _whole = [new AlignedBuffer(length), new AlignedBuffer(length)];
    }

    /// <summary>What came of an assignment.</summary>
    /// <param name="Measured">Answers that ride in messages.</param>
    /// <param name="Outcome">Done, or why the rest could not be got or brought.</param>
    public readonly record struct Report(IReadOnlyList<ClusterMessage.Measured> Measured, PlaneOutcome Outcome);

    public Report Run(ClusterMessage.Assign assign, ITensorPlane plane, Func<bool> handBack)
    {
        var (parameters, outcome) = Parameters(assign, plane);
        if (outcome != PlaneOutcome.Done) return new Report([], outcome);
        List<WorkItem> items = [];
        List<AdversarialBatch> batches = [];
        try
        {
            for (var index = assign.First; index < assign.First + assign.Count; index++)
            {
                AdversarialBatch? batch = null;
                if (assign.HasBatch)
                {
                    batch = Batch(assign, index);
                    batches.Add(batch);
                    outcome = plane.Get(TensorName.Batch(assign.Run.Run, assign.Run.Incarnation, assign.Step, index), batch.Memory);
                    if (outcome != PlaneOutcome.Done) return new Report([], outcome);
                }

                items.Add(Item(assign, index, batch));
            }

            return Deliver(assign, plane, _crew.Execute(items, parameters!, handBack));
        }
        finally
        {
            batches.ForEach(_context.Buffers.Return);
        }
    }

    private AdversarialBatch Batch(ClusterMessage.Assign assign, int shard)
    {
        var (rows, features) = _slice.BatchShape(assign.Step, shard);
        return _context.Buffers.RentBatch().Resize(rows, features);
    }

    private WorkItem Item(ClusterMessage.Assign assign, int index, AdversarialBatch? batch)
    {
        var id = new WorkId(assign.Run.Incarnation, assign.Kind, assign.Step, index);
        switch (assign.Kind)
        {
            case WorkKind.Gradient:
                return new WorkItem.Gradient(id, assign.Version, batch);
            case WorkKind.Attack:
                return new WorkItem.Attack(id, assign.Version);
            default:
                var (chunk, threat) = EvaluationPlan.Chunks(_context, assign.Kind)[index];
                return new WorkItem.Evaluate(id, assign.Version, chunk, threat);
        }
    }

    private (ParameterSnapshot?, PlaneOutcome) Parameters(ClusterMessage.Assign assign, ITensorPlane plane)
    {
        var (run, incarnation) = (assign.Run.Run, assign.Run.Incarnation);
        var place = (int)(assign.Version & 1);
        if (_wholeVersion[place] != assign.Version && assign.Kind is WorkKind.Gradient or WorkKind.Attack)
        {
            var mask = _slice.Mask(assign.Step, assign.First, assign.Count);
            if (mask.ParameterCount < WorthSlicing * _plan.Network.ParameterCount)
            {
                var cut = _cut.Memory[..mask.ParameterCount];
                var name = TensorName.Slice(run, incarnation, assign.Version, assign.Step, assign.First, assign.Count);
                var got = plane.Get(name, cut);
                if (got != PlaneOutcome.Done) return (null, got);
                ParameterSlice.Scatter(cut.Span, mask, _scattered.Span);
                return (new ParameterSnapshot(assign.Version, _scattered.Memory), got);
            }
        }

        if (_wholeVersion[place] != assign.Version)
        {
            _wholeVersion[place] = -1;
            var got = plane.Get(TensorName.Whole(run, incarnation, assign.Version), _whole[place].Memory);
            if (got != PlaneOutcome.Done) return (null, got);
            _wholeVersion[place] = assign.Version;
        }

        return (new ParameterSnapshot(assign.Version, _whole[place].Memory), PlaneOutcome.Done);
    }

    private Report Deliver(ClusterMessage.Assign assign, ITensorPlane plane, WorkResult?[] results)
    {
        List<ClusterMessage.Measured> measured = [];
        var outcome = PlaneOutcome.Done;
        foreach (var result in results)
        {
            if (result is WorkResult.Evaluated evaluated)
                measured.Add(new ClusterMessage.Measured(_worker, assign.Run, assign.Kind, assign.Step, evaluated.Id.Index, evaluated.Sums));
            if (result is not WorkResult.Attacked attacked) continue;
            if (outcome == PlaneOutcome.Done)
                outcome = plane.Put(TensorName.Batch(assign.Run.Run, assign.Run.Incarnation, assign.Step, attacked.Id.Index), attacked.Batch.Memory, _worker, default);
            _context.Buffers.Return(attacked.Batch);
        }

        foreach (var (first, block) in Blocks(results))
        {
            if (outcome == PlaneOutcome.Done)
                outcome = plane.Put(
                    TensorName.Gradient(assign.Run.Run, assign.Run.Incarnation, assign.Step, first, block.Shards),
                    block.Memory, _worker, new GradientFigures(block.Loss, block.Correct));
            _context.Buffers.Return(block);
        }

        return new Report(measured, outcome);
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
