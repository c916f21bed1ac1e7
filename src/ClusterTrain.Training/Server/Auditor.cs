using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Finds workers that compute wrongly. A drawn share of the gradients is executed a second time; where two executions differ in a bit,
/// the server executes the shards itself, and who differs from that is convicted. What a convicted worker brought for the step at hand is
/// computed anew here, so that nothing of it is committed.
/// </summary>
/// <remarks>No step waits for it but those in which something is executed again, and the server computes only when two differ.</remarks>
/// <param name="halvings">How often the training attack's step was halved for rows made with a version's parameters.</param>
internal sealed class Auditor(
    RunContext context, WorkBoard board, ReductionTree tree, AdversarialBatches batches, int incarnation, bool mayWait, Func<long, int> halvings)
{
    private static readonly WorkerId Judge = new("the server");

    private readonly int _shards = context.Plan.Shards;
    private readonly double _rate = context.Spec.Audit;
    private readonly WorkerId?[] _owners = new WorkerId?[context.Plan.Shards];
    private readonly WorkerId?[][] _makers = [new WorkerId?[context.Plan.Shards], new WorkerId?[context.Plan.Shards]];
    private readonly HashSet<WorkerId> _barred = [];

    // The step before a worker's first, from then on the last in which a second execution agreed with it.
    private readonly Dictionary<WorkerId, long> _lastGood = [];

    // Shards whose adversarial rows were made anew: late answers may be of the rows before.
    private readonly HashSet<int> _renewed = [];
    private WorkExecutor? _executor;
    private BlockSum? _blocks;

    /// <summary>Whether a message counts: a convicted worker may say goodbye, and nothing else.</summary>
    public bool Hears(ServerMessage message)
    {
        if (_barred.Count == 0) return true;
        if (message is ServerMessage.WorkerAsks ask) return !_barred.Contains(ask.Worker);
        if (message is not ServerMessage.ResultArrives arrival || !_barred.Contains(arrival.Worker)) return true;
        context.Buffers.Return(arrival.Result);
        return false;
    }

    /// <summary>Who made the adversarial rows of a shard.</summary>
    public void NoteBatch(long step, int shard, WorkerId worker) => _makers[step & 1][shard] = worker;

    /// <summary>A block's first answer, which is in the tree. Opens its second execution where one is due.</summary>
    /// <returns>Convicted, Diverged or Disagreed; null when there is nothing to object to.</returns>
    public ServerEffect? First(WorkResult.Gradient answer, WorkerId worker, ModelState model, TimeSpan now)
    {
        var (first, block) = (answer.Id.Index, answer.Shard);
        _owners[first] = worker;
        _lastGood.TryAdd(worker, model.Version - 1);
        board.Audits.Cancel(first, block.Shards);
        if (Renewed(first, block.Shards))
        {
            // The answer was on its way already, and may be of the rows before.
            RenewBlock(first, model);
            return null;
        }

        var range = new WorkRange(answer.Id, block.Shards, model.Version);
        if (!double.IsFinite(block.Loss) || (_rate > 0 && !Finite.All(block.Values))) return Tried(answer, worker, range, model);
        if (!IsDue(model.Version, first)) return null;
        if (mayWait && !board.HasOtherThan(worker)) return Alone(answer, worker, range, model);
        board.Audits.Add(range, worker, now);
        return null;
    }

    // A worker that is wrong in the same way each time agrees with itself; the server is another machine, or may be.
    private ServerEffect? Alone(WorkResult.Gradient answer, WorkerId worker, WorkRange range, ModelState model)
    {
        var truth = Execute(range, model);
        var isRight = truth.Agrees(answer.Shard);
        context.Buffers.Return(truth);
        if (isRight) _lastGood[worker] = model.Version;
        return isRight ? null : Tried(answer, worker, range, model);
    }

    /// <summary>Another answer to a block that is in the tree; the caller gives its memory back.</summary>
    /// <inheritdoc cref="First" path="/returns"/>
    public ServerEffect? Again(WorkResult.Gradient answer, WorkerId worker, ModelState model)
    {
        var first = answer.Id.Index;

        // Another division into blocks has other bits. Audits are given out as they were answered, so that they can be compared.
        if (tree[first] is not { } known || known.Shards != answer.Shard.Shards || Renewed(first, known.Shards)) return null;
        var owner = _owners[first]!.Value;
        var range = new WorkRange(answer.Id, known.Shards, model.Version);
        if (known.Agrees(answer.Shard))
        {
            if (!board.Audits.Finish(answer.Id, known.Shards, worker)) return null;
            if (worker == owner) return mayWait ? Alone(answer, worker, range, model) : null;
            (_lastGood[owner], _lastGood[worker]) = (model.Version, model.Version);
            return null;
        }

        var truth = Execute(range, model);
        var (isKnownRight, isOtherRight) = (truth.Agrees(known), truth.Agrees(answer.Shard));
        context.Buffers.Return(truth);
        if (!isKnownRight && !isOtherRight) return new ServerEffect.Disagreed(answer.Id, worker);
        return Convict(isKnownRight ? worker : owner, answer.Id, model);
    }

    /// <summary>A step is committed, or given up.</summary>
    public void EndStep(long step)
    {
        Array.Clear(_owners);
        Array.Clear(_makers[step & 1]);
        _renewed.Clear();
    }

    // Known to all who have spec and step, like every random number of the run; a faulty machine knows nothing.
    private bool IsDue(long step, int first) =>
        _rate > 0 && new RandomStream(context.Spec.Seed, RandomPurpose.Audit, step, first).Uniform(0) < _rate;

    private ServerEffect? Tried(WorkResult.Gradient answer, WorkerId worker, WorkRange range, ModelState model)
    {
        var truth = Execute(range, model);
        var isSame = truth.Agrees(answer.Shard);
        if (!isSame)
        {
            var again = Execute(range, model);
            var isCertain = again.Agrees(truth);
            context.Buffers.Return(again);
            context.Buffers.Return(truth);
            return isCertain ? Convict(worker, answer.Id, model) : new ServerEffect.Disagreed(answer.Id, worker);
        }

        context.Buffers.Return(truth);
        return double.IsFinite(answer.Shard.Loss) ? null // the commit will say what became of it
            : new ServerEffect.Diverged(model.Version, $"the loss of shard {answer.Id.Index} is {answer.Shard.Loss}");
    }

    private ServerEffect.Convicted Convict(WorkerId worker, WorkId id, ModelState model)
    {
        _barred.Add(worker);
        board.Release(worker);
        RenewBatches(worker, model);
        for (var first = 0; first < _shards; first++)
            if (_owners[first] == worker && tree[first] is not null) RenewBlock(first, model);
        return new ServerEffect.Convicted(worker, id, _lastGood.GetValueOrDefault(worker, -1));
    }

    private void RenewBlock(int first, ModelState model)
    {
        var count = tree[first]!.Shards;
        var range = new WorkRange(new WorkId(incarnation, WorkKind.Gradient, model.Version, first), count, model.Version);
        context.Buffers.Return(tree.Replace(first, Execute(range, model)));
        board.Audits.Cancel(first, count);
        _owners[first] = Judge;
    }

    private void RenewBatches(WorkerId worker, ModelState model)
    {
        if (!context.Plan.IsPipelined) return;
        for (var step = model.Version; step <= model.Version + 1; step++)
        {
            for (var shard = 0; shard < _shards; shard++)
            {
                if (_makers[step & 1][shard] != worker || batches[step, shard] is not { } before) continue;
                var made = Attack(step, shard, model);
                var isSame = made.Agrees(before);
                if (!isSame) batches.Put(step, shard, made);
                context.Buffers.Return(isSame ? made : before);
                _makers[step & 1][shard] = Judge;
                if (!isSame && step == model.Version) RenewShard(shard, model);
            }
        }
    }

    // Its rows have changed: what was computed of them, by whomever and in whatever block, is of no use, nor what is on its way.
    private void RenewShard(int shard, ModelState model)
    {
        _renewed.Add(shard);
        for (var first = shard; first >= 0; first--)
        {
            if (tree[first] is not { } block) continue;
            if (first + block.Shards <= shard) break;
            RenewBlock(first, model);
            return;
        }

        var id = new WorkId(incarnation, WorkKind.Gradient, model.Version, shard);
        if (!board.Contains(id)) return;
        board.Finish(id, 1, Judge, TimeSpan.Zero);
        tree.Offer(shard, Execute(new WorkRange(id, 1, model.Version), model), context.Buffers.Return);
        _owners[shard] = Judge;
    }

    private bool Renewed(int first, int count)
    {
        for (var shard = first; _renewed.Count > 0 && shard < first + count; shard++)
            if (_renewed.Contains(shard)) return true;
        return false;
    }

    private AdversarialBatch Attack(long step, int shard, ModelState model)
    {
        var version = context.Plan.AttackVersion(step);
        var item = new WorkItem.Attack(new WorkId(incarnation, WorkKind.Attack, step, shard), version, halvings(version));
        return ((WorkResult.Attacked)Executor().Execute(item, version == model.Version ? model.Current : model.Previous)).Batch;
    }

    private ShardGradient Execute(WorkRange range, ModelState model)
    {
        var rows = context.Plan.IsPipelined ? batches.Of(range) : default;
        range = range with { Halvings = halvings(range.Version) };
        List<ShardGradient> leaves = [];
        for (var i = 0; i < range.Count; i++) leaves.Add(((WorkResult.Gradient)Executor().Execute(range, i, model.Current, rows)).Shard);
        _blocks ??= new BlockSum(context.Plan.Network, _shards, context.Buffers);
        return _blocks.Fold(range.First.Index, leaves)[0].Block;
    }

    // Not before it is needed: it takes as much memory as a worker.
    private WorkExecutor Executor() => _executor ??= new WorkExecutor(context);
}
