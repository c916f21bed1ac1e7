using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// The parameter server: a deterministic state machine without I/O. A message and the time go in, effects come out. It
/// gives out work, takes answers in any order and any number, commits a step when its shards are complete, and takes
/// the decisions for the whole cluster: decay, evaluation, early stopping, checkpoints.
/// </summary>
/// <remarks>Not thread-safe: an engine feeds it one message at a time and carries out the effects before the next.</remarks>
public sealed class ParameterServer
{
    // Workers that are offered work in vain at a message.
    private const int MostPassed = 4;

    private readonly RunContext _context;
    private readonly RunPlan _plan;
    private readonly WorkBoard _board;
    private readonly ReductionTree _tree;
    private readonly StepCommit _commit;
    private readonly AdversarialBatches _batches;
    private readonly Action<ShardGradient> _release;
    private readonly Auditor _auditor;
    private readonly IdleWorkers _idle = new();
    private readonly int _incarnation;
    private readonly bool _mayWait;
    private EvaluationRound? _round;
    private Phase _phase = Phase.NotStarted;

    /// <param name="context">The run.</param>
    /// <param name="start">Where it stands.</param>
    /// <param name="leases">When work is given out a second time.</param>
    /// <param name="incarnation">Which life of this run's server it is; answers to others are strays.</param>
    /// <param name="commitThreads">Who carries out the commit of a step; the caller alone when null.</param>
    /// <param name="mayWait">Whether workers are elsewhere, and others may still come when the only one was convicted; else the run stops then.</param>
    public ParameterServer(
        RunContext context, RunState start, LeasePolicy leases, int incarnation = 0, IRangeRunner? commitThreads = null, bool mayWait = false)
    {
        _context = context;
        _plan = context.Plan;
        _incarnation = incarnation;
        _board = new WorkBoard(leases, _plan.Shards);
        _tree = new ReductionTree(_plan.Network, _plan.Shards);
        _commit = new StepCommit(_plan, commitThreads);
        _batches = new AdversarialBatches(_plan.Shards, context.Buffers);
        _auditor = new Auditor(context, _board, _tree, _batches, new Referee(context, _batches, Halvings), incarnation, mayWait, start.Model.Version);
        _mayWait = mayWait;
        _release = context.Buffers.Return;
        Model = start.Model;
        Best = start.Best;
        Stopping = start.Stopping;
    }

    private enum Phase
    {
        NotStarted,
        Training,
        Validating,
        Concluding,
        Finished,
    }

    /// <summary>The state as committed.</summary>
    public ModelState Model { get; }

    /// <summary>A copy of the best state so far, when the spec asks for one.</summary>
    public ModelState? Best { get; private set; }

    public StoppingState Stopping { get; private set; }

    public bool IsFinished => _phase == Phase.Finished;

    /// <summary>The state that the run hands over: the best one when that is tracked, else the last.</summary>
    public ModelState Result => Best ?? Model;

    /// <summary>The parameters that are being measured, or were last; null before the first time.</summary>
    public ParameterSnapshot? Measured => _round?.Parameters;

    /// <summary>
    /// The adversarial rows that were made for a shard; null when there are none, or its step is over. Any thread may ask.
    /// </summary>
    public AdversarialBatch? Batch(long step, int shard) =>
        IsFinished || step < Model.Version || step > Model.Version + 1 ? null : _batches[step, shard];

    /// <summary>Whether a worker has a lease of open work: of <paramref name="count"/> items from <paramref name="first"/> on.</summary>
    public bool IsLeased(WorkId first, int count, WorkerId worker) => !IsFinished && _board.IsHeld(first, count, worker);

    /// <summary>How long after it was given out a range is given to another worker as well, if it was given to an ordinary one.</summary>
    public TimeSpan Lease(WorkRange range) => _board.Lease(range);

    public void Handle(ServerMessage message, TimeSpan now, List<ServerEffect> effects)
    {
        if (_phase == Phase.NotStarted) Continue(now);
        if (_phase == Phase.Finished)
        {
            if (message is ServerMessage.ResultArrives late) _context.Buffers.Return(late.Result);
            return;
        }

        switch (_auditor.Hears(message) ? message : null)
        {
            case ServerMessage.WorkerAsks ask:
                _idle.Add(ask);
                _board.Greet(ask);
                break;
            case ServerMessage.WorkerLeaves gone:
                _idle.Forget(gone.Worker);
                _board.Release(gone.Worker);
                break;
            case ServerMessage.ResultArrives arrival:
                Accept(arrival, now, effects);
                break;
            case ServerMessage.StopRequested:
                Interrupt(effects);
                break;
        }

        HandOut(now, message is ServerMessage.TimePasses ? int.MaxValue : MostPassed, effects);
    }

    /// <summary>Opens the work that the committed state asks for next.</summary>
    private void Continue(TimeSpan now)
    {
        if (_plan.IsEvaluationDue(Model.Version) && Stopping.LastVersion != Model.Version) OpenValidation(now);
        else if (Stopping.HasStopped || Model.Version == _plan.TotalSteps) OpenConclusion(now);
        else OpenStep(now);
    }

    private void OpenStep(TimeSpan now)
    {
        _phase = Phase.Training;
        var step = Model.Version;
        if (!_plan.IsPipelined)
        {
            OpenGradients(step, 0, _plan.Shards, now);
            return;
        }

        for (var shard = 0; shard < _plan.Shards; shard++)
        {
            if (_batches[step, shard] is null) OpenAttack(step, shard, now);
            else OpenGradients(step, shard, 1, now);
        }

        if (step + 1 >= _plan.TotalSteps) return;
        for (var shard = 0; shard < _plan.Shards; shard++) OpenAttack(step + 1, shard, now);
    }

    private void OpenAttack(long step, int shard, TimeSpan now)
    {
        var id = new WorkId(_incarnation, WorkKind.Attack, step, shard);
        if (!_board.Contains(id)) _board.Open(new WorkRange(id, 1, _plan.AttackVersion(step)) { Halvings = Halvings(_plan.AttackVersion(step)) }, now);
    }

    private void OpenGradients(long step, int first, int count, TimeSpan now) =>
        _board.Open(new WorkRange(new WorkId(_incarnation, WorkKind.Gradient, step, first), count, step) { Halvings = Halvings(step) }, now);

    // By the version that is read: what was found since changes nothing about a batch that may be made already.
    private int Halvings(long version) => CollapseWatch.Halvings(_context.Spec, Stopping.Collapse, version);

    private void OpenValidation(TimeSpan now)
    {
        _phase = Phase.Validating;
        OpenRound(EvaluationRound.OfValidation(_context, Model.Served), now);
    }

    private void OpenConclusion(TimeSpan now)
    {
        _phase = Phase.Concluding;
        DropPending();
        OpenRound(EvaluationRound.OfResult(_context, Result.Served), now);
    }

    private void OpenRound(EvaluationRound round, TimeSpan now)
    {
        _auditor.Begin(_round = round);
        _board.Open(round.Work(_incarnation), now);
    }

    private void Accept(ServerMessage.ResultArrives arrival, TimeSpan now, List<ServerEffect> effects)
    {
        var result = arrival.Result;
        var isSum = arrival.Parts.Count > 0;
        var verdict = isSum ? _board.Finish(result.Id, arrival.Parts, now) : _board.Finish(result.Id, result.Count, arrival.Worker, now);
        if (verdict != WorkBoard.Verdict.Accepted)
        {
            if (verdict == WorkBoard.Verdict.Repeated && !isSum) Heed(_auditor.Again(result, arrival.Worker, Model), now, effects);
            _context.Buffers.Return(result);
            return;
        }

        switch (result)
        {
            case WorkResult.Gradient gradient:
                if (isSum) _auditor.Keep(gradient.Id, gradient.Count);
                _tree.Offer(gradient.Id.Index, gradient.Shard, _release);
                break;
            case WorkResult.Attacked attacked:
                _batches.Put(result.Id.Step, result.Id.Index, attacked.Batch);
                if (_phase == Phase.Training && result.Id.Step == Model.Version)
                    OpenGradients(result.Id.Step, result.Id.Index, 1, now);
                break;
            case WorkResult.Evaluated evaluated:
                _round!.Put(result.Id.Index, evaluated.Sums, arrival.Worker);
                break;
        }

        Heed(isSum ? _auditor.FirstOfSeveral(result.Id, arrival.Parts, Model) : _auditor.First(result, arrival.Worker, Model, now), now, effects);
    }

    /// <summary>Carries out what the auditor found, and goes on when nothing is left of the step or the evaluation.</summary>
    private void Heed(ServerEffect? finding, TimeSpan now, List<ServerEffect> effects)
    {
        if (finding is ServerEffect.Convicted convicted)
        {
            _idle.Forget(convicted.Worker);
            effects.Add(convicted);
            finding = _mayWait || _board.HasOtherThan(convicted.Worker) ? null : new ServerEffect.Disagreed(convicted.Id, convicted.Worker);
        }

        if (finding is not null) Fail(finding, effects);
        else if (_phase == Phase.Training && _tree.IsComplete && !_board.Audits.HasOfStep(Model.Version)) Commit(now, effects);
        else if (_phase != Phase.Training && _round!.IsComplete && !_board.Audits.Has(_round.Kind, _round.Parameters.Version)) ConcludeRound(now, effects);
    }

    private void Commit(TimeSpan now, List<ServerEffect> effects)
    {
        var (step, loss, correct) = (Model.Version, _tree.SumLosses() / _plan.Shards, _tree.CountCorrect());
        if (_commit.Apply(_tree, Model) is not { } fingerprint)
        {
            // Moments have changed already: who was wrong is named, and the run goes on from its checkpoint without it.
            var wrong = _auditor.WrongOfStep(Model);
            if (wrong is not null) effects.Add(wrong);
            Fail(wrong is null ? new ServerEffect.Diverged(step, "a parameter became NaN or infinite") : new ServerEffect.Disagreed(wrong.Id, wrong.Worker), effects);
            return;
        }

        effects.Add(new ServerEffect.StepCommitted(
            step, fingerprint.ToString(), loss, (double)correct / _plan.Spec.Batch.Size));
        _tree.Clear(_release);
        _auditor.EndStep(step);
        _board.Close(WorkKind.Gradient, step, now);
        _board.Close(WorkKind.Attack, step, now);
        _batches.Release(step);
        if (_plan.IsCheckpointDue(Model.Version) && !_plan.IsEvaluationDue(Model.Version))
            effects.Add(new ServerEffect.CheckpointDue(IsBest: false));
        Continue(now);
    }

    private void ConcludeRound(TimeSpan now, List<ServerEffect> effects)
    {
        _board.Close(_round!.Kind, _round.Parameters.Version, now);
        if (_round.InfiniteSplit is { } split)
        {
            var rows = $"{split} rows".ToLowerInvariant();
            Fail(new ServerEffect.Diverged(_round.Version - 1, $"after it the loss on {rows} is no number or infinite"), effects);
            return;
        }

        if (_phase == Phase.Concluding)
        {
            var (train, test) = (_round.Total(Split.Train), _round.Total(Split.Test));
            effects.Add(new ServerEffect.Evaluated(_round.Version, Split.Train, train, IsBest: false));
            effects.Add(new ServerEffect.Evaluated(_round.Version, Split.Test, test, IsBest: false));
            Finish();
            effects.Add(new ServerEffect.Completed(Stopping.HasStopped, train, test));
            return;
        }

        var sums = _round.Total(Split.Validation);
        EvaluationSums? oneStep = _context.Spec.WatchesOneStep ? _round.Total(Split.OneStep) : null;
        Stopping = CollapseWatch.Observe(EarlyStopping.Observe(Stopping, _context.Spec.EarlyStopping, Model.Version, sums), _context.Spec, Model.Version, sums, oneStep);
        var isBest = Stopping.BestVersion == Model.Version;
        if (isBest) Best = Model.Copy();
        effects.Add(new ServerEffect.Evaluated(Model.Version, Split.Validation, sums, isBest)
        {
            Train = _context.Spec.Evaluation.Train ? _round.Total(Split.Train) : null,
            OneStep = oneStep,
            Collapse = Stopping.Collapse.IsFoundAt(Model.Version) ? _context.Spec.Adversarial.Collapse : null,
        });
        if (isBest || Stopping.HasStopped || _plan.IsCheckpointDue(Model.Version))
            effects.Add(new ServerEffect.CheckpointDue(isBest));
        Continue(now);
    }

    private void Interrupt(List<ServerEffect> effects)
    {
        effects.Add(new ServerEffect.CheckpointDue(Stopping.BestVersion == Model.Version));
        Fail(new ServerEffect.Interrupted(Model.Version), effects);
    }

    private void Fail(ServerEffect why, List<ServerEffect> effects)
    {
        Finish();
        effects.Add(why);
    }

    private void Finish()
    {
        _phase = Phase.Finished;
        DropPending();
    }

    private void DropPending()
    {
        _board.Clear();
        _tree.Clear(_release);
        for (var step = 0; step < 2; step++) _batches.Release(step);
        _auditor.EndStep(Model.Version);
    }

    // While workers get something they are all gone through. Of those who get nothing, a few a message, in turn; all as time passes.
    private void HandOut(TimeSpan now, int mostPassed, List<ServerEffect> effects)
    {
        for (var (left, passed) = (_idle.Count, 0); left > 0 && passed < mostPassed && _board.MayHave(now); left--)
        {
            var ask = _idle.First;
            if (_board.Take(ask, now) is not { } range)
            {
                _idle.Pass();
                passed++;
                continue;
            }

            effects.Add(new ServerEffect.Assign(ask.Worker, range, Parameters(range))
            {
                Batches = _plan.IsPipelined && range.Kind == WorkKind.Gradient ? _batches.Of(range) : default,
            });
            _idle.Take();
        }
    }

    private ParameterSnapshot Parameters(WorkRange range) => range.Kind switch
    {
        WorkKind.Validate or WorkKind.Conclude => _round!.Parameters,
        _ when range.Version == Model.Version => Model.Current,
        _ => Model.Previous,
    };
}
