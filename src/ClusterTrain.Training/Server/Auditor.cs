using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Finds workers that compute wrongly. A drawn share of the work is executed a second time: gradients, rows that are attacked ahead,
/// chunks of evaluations. Where two executions differ in a bit, the server executes the work itself, and who differs from that is
/// convicted. What a convicted worker brought for the step or the evaluation at hand is computed anew, so that nothing of it stays.
/// </summary>
/// <remarks>No step waits for it but those in which something is executed again, and the server computes only when two differ.</remarks>
/// <param name="begun">Where this life of the server took the run up.</param>
internal sealed class Auditor(
    RunContext context, WorkBoard board, ReductionTree tree, AdversarialBatches batches, Referee referee, int incarnation, bool mayWait, long begun)
{
    private static readonly WorkerId Judge = new("the server");
    private static readonly WorkerId Several = new("several workers");

    private readonly int _shards = context.Plan.Shards;
    private readonly double _rate = context.Spec.Audit;
    private readonly WorkerId?[] _owners = new WorkerId?[context.Plan.Shards];
    private readonly WorkerId?[][] _makers = [new WorkerId?[context.Plan.Shards], new WorkerId?[context.Plan.Shards]];
    private readonly HashSet<WorkerId> _barred = [];

    // The step before a worker's first, from then on the last in which a second execution agreed with it.
    private readonly Dictionary<WorkerId, long> _lastGood = [];

    // Shards whose adversarial rows were made anew: late answers may be of the rows before.
    private readonly HashSet<int> _renewed = [];

    // Whose a sum is that several workers made, by its first shard; and blocks that are being executed again while such a sum has taken
    // their place.
    private readonly Dictionary<int, IReadOnlyList<WorkPart>> _parts = [];
    private readonly Dictionary<int, (ShardGradient Block, WorkerId By)> _kept = [];

    /// <summary>Whether a message counts: a convicted worker may say goodbye, and nothing else.</summary>
    public bool Hears(ServerMessage message)
    {
        if (_barred.Count == 0) return true;
        if (message is ServerMessage.WorkerAsks ask) return !_barred.Contains(ask.Worker);
        if (message is not ServerMessage.ResultArrives arrival) return true;
        if (!_barred.Contains(arrival.Worker) && !arrival.Parts.Any(part => _barred.Contains(part.Worker))) return true;
        context.Buffers.Return(arrival.Result);
        return false;
    }

    /// <summary>The first answer to something, which is where it belongs. Opens its second execution where one is due.</summary>
    /// <returns>Convicted, Diverged or Disagreed; null when there is nothing to object to.</returns>
    public ServerEffect? First(WorkResult answer, WorkerId worker, ModelState model, TimeSpan now)
    {
        SetOwner(answer.Id, worker);
        Meet(worker, model);
        Cancel(answer.Id, answer.Count);
        if (answer is WorkResult.Gradient && Renewed(answer.Id.Index, answer.Count))
        {
            // The answer was on its way already, and may be of the rows before.
            RenewBlock(answer.Id.Index, model);
            return null;
        }

        if (Referee.IsOdd(answer, isThorough: _rate > 0)) return Tried(answer, worker, model);
        if (!AuditDraw.IsDue(context.Spec, answer.Id)) return null;
        if (mayWait && !board.HasOtherThan(worker, answer.Id.Kind)) return Alone(answer, worker, model);
        board.Audits.Add(referee.RangeOf(answer.Id, answer.Count), worker, now);
        return null;
    }

    /// <summary>A sum of several workers' blocks is about to take their place: those that are executed again are kept aside until then.</summary>
    public void Keep(WorkId first, int count)
    {
        for (var shard = first.Index; board.Audits.Count > 0 && shard < first.Index + count; shard++)
        {
            if (tree[shard] is not { } block || _owners[shard] is not { } owner || !board.Audits.Has(first with { Index = shard }, block.Shards)) continue;
            var copy = context.Buffers.RentGradient();
            copy.Set(block);
            _kept[shard] = (copy, owner);
        }
    }

    /// <summary>
    /// The first answer that has some shards: a sum of what several workers computed, which is in the tree. Nobody is convicted for it.
    /// What is audited comes apart as well, and is judged there.
    /// </summary>
    public ServerEffect? FirstOfSeveral(WorkId first, IReadOnlyList<WorkPart> parts, ModelState model)
    {
        (_owners[first.Index], _parts[first.Index]) = (Several, parts);
        foreach (var part in parts) Meet(part.Worker, model);
        var sum = tree[first.Index]!;
        if (!Renewed(first.Index, sum.Shards) && !Referee.IsOdd(new WorkResult.Gradient(first, sum), isThorough: true)) return null;

        // It may be of rows that were made anew since; or somebody passes on what are no numbers.
        RenewBlock(first.Index, model);
        var loss = tree[first.Index]!.Loss;
        return double.IsFinite(loss) ? null : new ServerEffect.Diverged(model.Version, $"the loss of the shards from {first.Index} on is {loss}");
    }

    /// <summary>Another answer to something that has one; the caller gives its memory back.</summary>
    /// <inheritdoc cref="First" path="/returns"/>
    public ServerEffect? Again(WorkResult answer, WorkerId worker, ModelState model)
    {
        // Another division into blocks has other bits. Audits are given out as they were answered, so that they can be compared.
        var kept = answer is WorkResult.Gradient && _kept.TryGetValue(answer.Id.Index, out var found) && found.Block.Shards == answer.Count ? found : default;
        if ((kept.Block is null ? Known(answer.Id) : new WorkResult.Gradient(answer.Id, kept.Block)) is not { } known || known.Count != answer.Count) return null;
        if (answer is WorkResult.Gradient && Renewed(answer.Id.Index, answer.Count)) return null;
        var owner = kept.Block is null ? OwnerOf(answer.Id)!.Value : kept.By;
        if (Referee.Agree(known, answer))
        {
            if (!board.Audits.Finish(answer.Id, answer.Count, worker)) return null;
            if (owner == Several) return null;
            if (worker == owner) return mayWait ? Alone(answer, worker, model) : null;
            FoundGood(owner, answer.Id, model);
            FoundGood(worker, answer.Id, model);
            return null;
        }

        var truth = referee.Execute(answer.Id, answer.Count, model);
        var (isKnownRight, isOtherRight) = (Referee.Agree(truth, known), Referee.Agree(truth, answer));
        context.Buffers.Return(truth);
        if (owner == Several)
        {
            if (!isKnownRight) RenewBlock(answer.Id.Index, model);
            return isOtherRight ? null : Tried(answer, worker, model);
        }

        if (!isKnownRight && !isOtherRight) return new ServerEffect.Disagreed(answer.Id, worker);
        return Convict(isKnownRight ? worker : owner, answer.Id, model);
    }

    /// <summary>Who made it so, where a step cannot be committed because of a wrong gradient; null where all are right.</summary>
    /// <remarks>Rows that were made ahead cannot be made again: the commit has written over the parameters that they were made with.</remarks>
    public ServerEffect.Convicted? WrongOfStep(ModelState model)
    {
        for (var first = 0; first < _shards; first++)
            if (tree[first] is { } block && Wrong(new WorkId(incarnation, WorkKind.Gradient, model.Version, first), block.Shards, model) is { } owner)
                return Convict(owner, new WorkId(incarnation, WorkKind.Gradient, model.Version, first), model);
        return null;
    }

    /// <summary>An evaluation begins.</summary>
    public void Begin(EvaluationRound round) => referee.Round = round;

    /// <summary>A step is committed, or given up.</summary>
    public void EndStep(long step)
    {
        Array.Clear(_owners);
        Array.Clear(_makers[step & 1]);
        _renewed.Clear();
        _parts.Clear();
        foreach (var (block, _) in _kept.Values) context.Buffers.Return(block);
        _kept.Clear();
    }

    // What it did in an earlier life of the server nobody here knows.
    private void Meet(WorkerId worker, ModelState model) => _lastGood.TryAdd(worker, begun > 0 ? -1 : model.Version - 1);

    private void Cancel(WorkId first, int count)
    {
        board.Audits.Cancel(first, count);
        if (_kept.Count == 0 || first.Kind != WorkKind.Gradient) return;
        for (var shard = first.Index; shard < first.Index + count; shard++)
            if (_kept.Remove(shard, out var kept)) context.Buffers.Return(kept.Block);
    }

    private bool IsOf(int first, WorkerId worker) =>
        _owners[first] == worker || (_owners[first] == Several && _parts[first].Any(part => part.Worker == worker));

    // A worker that is wrong in the same way each time agrees with itself; the server is another machine, or may be.
    private ServerEffect? Alone(WorkResult answer, WorkerId worker, ModelState model)
    {
        var truth = referee.Execute(answer.Id, answer.Count, model);
        var isRight = Referee.Agree(truth, answer);
        context.Buffers.Return(truth);
        if (isRight) FoundGood(worker, answer.Id, model);
        return isRight ? null : Tried(answer, worker, model);
    }

    private ServerEffect? Tried(WorkResult answer, WorkerId worker, ModelState model)
    {
        var truth = referee.Execute(answer.Id, answer.Count, model);
        var isSame = Referee.Agree(truth, answer);
        context.Buffers.Return(truth);
        if (!isSame) return Certain(answer.Id, answer.Count, model) ? Convict(worker, answer.Id, model) : new ServerEffect.Disagreed(answer.Id, worker);
        if (answer is not WorkResult.Gradient { Shard.Loss: var loss } || double.IsFinite(loss)) return null; // what became of it the commit will say, or the evaluation
        for (var shard = answer.Id.Index; shard < answer.Id.Index + answer.Count; shard++)
            if (WrongRows(answer.Id.Step, shard, model) is { } maker) return Convict(maker, new WorkId(incarnation, WorkKind.Attack, answer.Id.Step, shard), model);
        return new ServerEffect.Diverged(model.Version, $"the loss of shard {answer.Id.Index} is {loss}");
    }

    // Two executions by the server must agree, or it is itself what is faulty.
    private bool Certain(WorkId first, int count, ModelState model)
    {
        var (one, other) = (referee.Execute(first, count, model), referee.Execute(first, count, model));
        var isSame = Referee.Agree(one, other);
        context.Buffers.Return(one);
        context.Buffers.Return(other);
        return isSame;
    }

    // Who made a shard's adversarial rows, if they are wrong: numbers that are none may be of them.
    private WorkerId? WrongRows(long step, int shard, ModelState model) => Wrong(new WorkId(incarnation, WorkKind.Attack, step, shard), 1, model);

    private WorkerId? Wrong(WorkId id, int count, ModelState model)
    {
        if (Known(id) is not { } known || OwnerOf(id) is not { } owner || owner == Judge || owner == Several) return null;
        var truth = referee.Execute(id, count, model);
        var isRight = Referee.Agree(truth, known);
        context.Buffers.Return(truth);
        return isRight || !Certain(id, count, model) ? null : owner;
    }

    private ServerEffect.Convicted Convict(WorkerId worker, WorkId id, ModelState model)
    {
        _barred.Add(worker);
        board.Release(worker);
        RenewBatches(worker, model);
        for (var first = 0; first < _shards; first++)
            if (tree[first] is not null && IsOf(first, worker)) RenewBlock(first, model);
        foreach (var chunk in referee.Round?.Forget(incarnation, worker) ?? [])
        {
            board.Audits.Cancel(chunk, 1);
            board.Reopen(chunk);
        }

        return new ServerEffect.Convicted(worker, id, model.Version, _lastGood.GetValueOrDefault(worker, -1));
    }

    private void RenewBlock(int first, ModelState model)
    {
        var id = new WorkId(incarnation, WorkKind.Gradient, model.Version, first);
        var count = tree[first]!.Shards;
        context.Buffers.Return(tree.Replace(first, ((WorkResult.Gradient)referee.Execute(id, count, model)).Shard));
        Cancel(id, count);
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
                var id = new WorkId(incarnation, WorkKind.Attack, step, shard);
                var made = ((WorkResult.Attacked)referee.Execute(id, 1, model)).Batch;
                var isSame = made.Agrees(before);
                if (!isSame) batches.Put(step, shard, made);
                context.Buffers.Return(isSame ? made : before);
                board.Audits.Cancel(id, 1);
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
        tree.Offer(shard, ((WorkResult.Gradient)referee.Execute(id, 1, model)).Shard, context.Buffers.Return);
        _owners[shard] = Judge;
    }

    private bool Renewed(int first, int count)
    {
        for (var shard = first; _renewed.Count > 0 && shard < first + count; shard++)
            if (_renewed.Contains(shard)) return true;
        return false;
    }

    private WorkResult? Known(WorkId id) => id.Kind switch
    {
        WorkKind.Gradient => tree[id.Index] is { } block ? new WorkResult.Gradient(id, block) : null,
        WorkKind.Attack => batches[id.Step, id.Index] is { } batch ? new WorkResult.Attacked(id, batch) : null,
        _ => referee.Round?[id.Index] is { } sums ? new WorkResult.Evaluated(id, sums) : null,
    };

    private WorkerId? OwnerOf(WorkId id) => id.Kind switch
    {
        WorkKind.Gradient => _owners[id.Index],
        WorkKind.Attack => _makers[id.Step & 1][id.Index],
        _ => referee.Round!.By(id.Index),
    };

    private void SetOwner(WorkId id, WorkerId worker)
    {
        if (id.Kind == WorkKind.Gradient) _owners[id.Index] = worker;
        else if (id.Kind == WorkKind.Attack) _makers[id.Step & 1][id.Index] = worker;
    }

    // That an evaluation was right says nothing of gradients. Rows are made ahead: of the step at hand they say nothing either.
    private void FoundGood(WorkerId worker, WorkId id, ModelState model)
    {
        if (id.Kind is not (WorkKind.Gradient or WorkKind.Attack)) return;
        _lastGood[worker] = Math.Max(_lastGood.GetValueOrDefault(worker, -1), id.Kind == WorkKind.Gradient ? model.Version : model.Version - 1);
    }
}
