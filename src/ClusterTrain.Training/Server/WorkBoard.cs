using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// The open work: what waits, what is leased to whom since when, what is done. Work comes and goes in ranges, and is booked
/// item by item; what it is the board does not know. What a message costs grows with the items that it is about, and beyond that with
/// the logarithm of workers and items.
/// </summary>
public sealed class WorkBoard
{
    private readonly LeasePolicy _policy;
    private readonly int _shards;

    // In the order in which they were opened: two steps at the most, and a measurement.
    private readonly List<WorkLot> _lots = [];

    // Used again: a step opens and closes as many entries as it has shards.
    private readonly Stack<WorkLot> _spare = [];
    private readonly Stack<WorkHolding> _spareHoldings = [];
    private readonly Dictionary<WorkerId, List<WorkHolding>> _held = [];
    private readonly WorkerSpeeds _speeds = new();
    private readonly LeaseWatch _leases;
    private readonly Action<WorkHolding> _passed;

    /// <param name="policy">When work is given out a second time.</param>
    /// <param name="shards">Shards of a step.</param>
    public WorkBoard(LeasePolicy policy, int shards)
    {
        (_policy, _shards) = (policy, shards);
        _leases = new LeaseWatch(policy, _speeds);
        _passed = _leases.Add;
        Audits = new AuditList(policy);
    }

    public enum Verdict
    {
        /// <summary>The first answer to at least one open item.</summary>
        Accepted,

        /// <summary>All of it has an answer already.</summary>
        Repeated,

        /// <summary>Not on the board: of another step, or of an earlier life of the server.</summary>
        Stray,
    }

    /// <summary>Items without an answer.</summary>
    public int OpenCount { get; private set; }

    public bool Contains(WorkId id) => Find(id) is not null;

    /// <summary>Whether there may be something to give out: never no where somebody could take some.</summary>
    public bool MayHave(TimeSpan now) => Audits.Count > 0 || (OpenCount > 0 && (FreeLot(WorkKinds.All) is not null || _leases.MayHave(now)));

    /// <summary>What is executed a second time.</summary>
    internal AuditList Audits { get; }

    /// <summary>Whether a worker other than this one is here.</summary>
    public bool HasOtherThan(WorkerId worker) => _speeds.HasOtherThan(worker, WorkKinds.All);

    /// <summary>The same of workers that take this kind of work.</summary>
    internal bool HasOtherThan(WorkerId worker, WorkKind kind) => _speeds.HasOtherThan(worker, kind.Alone());

    /// <summary>Whether a worker has been given <paramref name="count"/> items with consecutive numbers, answered or not, and has not given them back since.</summary>
    public bool IsHeld(WorkId first, int count, WorkerId worker)
    {
        for (var i = 0; i < count; i++)
        {
            if (Find(first with { Index = first.Index + i })?.Of(worker) is null) return false;
        }

        return count > 0;
    }

    public void Open(WorkRange range, TimeSpan now)
    {
        var lot = LotOf(range.Kind, range.Step);
        if (lot is null)
        {
            if (!_spare.TryPop(out lot)) lot = new WorkLot();
            _lots.Add(lot.Begin(range));
        }

        lot.Open(range, now);
        OpenCount += range.Count;
    }

    /// <summary>A worker asks: what it had before it no longer holds, unless it says so.</summary>
    public void Greet(ServerMessage.WorkerAsks ask)
    {
        if (!ask.Keeps) TakeBack(ask.Worker);
        Audits.Drop(ask.Worker);
        _speeds.See(ask.Worker, ask.Kinds);
        if (ask.Took > TimeSpan.Zero) _speeds.Learn(ask.Worker, WorkKind.Gradient, ask.Took);
    }

    /// <summary>Takes back all that a worker holds, because it is gone.</summary>
    public void Release(WorkerId worker)
    {
        TakeBack(worker);
        _held.Remove(worker);
        Audits.Drop(worker);
        _speeds.Forget(worker);
    }

    /// <summary>
    /// What a worker should do now: its share, by speed, of the first items that nobody has; when there are none, half of what
    /// is longest overdue with another. Null when there is neither.
    /// </summary>
    /// <param name="ask">Who asks, for what and how much.</param>
    /// <param name="now">Time since the server began.</param>
    public WorkRange? Take(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        if (Audits.Take(ask, _speeds, now) is { } audit && LotOf(audit.Kind, audit.Step) is { } of)
            return Give(ask.Worker, of, audit.First.Index, audit.Count, now);
        var (lot, first, count) = Fresh(ask, now) ?? Overdue(ask, now) ?? default;
        return lot is null ? null : Give(ask.Worker, lot, first, count, now);
    }

    /// <summary>How long after it was given out an ordinary worker's range is given to another one as well.</summary>
    public TimeSpan Lease(WorkRange range) => _policy.Lease(_speeds.Usual(range.Kind) * range.Count);

    /// <summary>Books an answer to <paramref name="count"/> items with consecutive numbers from <paramref name="first"/> on.</summary>
    public Verdict Finish(WorkId first, int count, WorkerId worker, TimeSpan now) => Finish(first, count, worker, now, isOwn: true);

    /// <summary>Books a sum of what several computed. When it came says nothing of how fast each of them is.</summary>
    public Verdict Finish(WorkId first, IReadOnlyList<WorkPart> parts, TimeSpan now)
    {
        var best = Verdict.Stray;
        foreach (var part in parts)
        {
            var verdict = Finish(first with { Index = part.First }, part.Count, part.Worker, now, isOwn: false);
            if (verdict < best) best = verdict;
        }

        return best;
    }

    /// <summary>Takes an answer back: the item is to be done again, by whoever comes, even if somebody has it still.</summary>
    internal void Reopen(WorkId id)
    {
        if (LotOf(id.Kind, id.Step) is not { } lot || lot.Find(id) is not { IsDone: true } entry) return;
        (entry.IsDone, entry.By) = (false, null);
        lot.Free.Add(id.Index);
        lot.OpenCount++;
        OpenCount++;
    }

    /// <summary>Forgets the items of one kind and step, done or not. Who still works on one is known to be slow from now on.</summary>
    public void Close(WorkKind kind, long step, TimeSpan now)
    {
        if (LotOf(kind, step) is { } lot)
        {
            foreach (var entry in lot.Entries)
            {
                if (!entry.IsOpened) continue;
                foreach (var holding in entry.Holders)
                    if (holding.Worker != entry.By)
                        _speeds.LearnLate(holding.Worker, kind, (now - holding.Since) / holding.Count);
            }

            OpenCount -= lot.OpenCount;
            _lots.Remove(lot);
            End(lot);
        }

        Audits.Close(kind, step);
        _speeds.EndOf(kind, step);
    }

    public void Clear()
    {
        foreach (var lot in _lots) End(lot);
        _lots.Clear();
        Audits.Clear();
        OpenCount = 0;
    }

    private Verdict Finish(WorkId first, int count, WorkerId worker, TimeSpan now, bool isOwn)
    {
        var (isOnBoard, isNew) = (false, false);
        for (var i = 0; i < count; i++)
        {
            var id = first with { Index = first.Index + i };
            if (LotOf(id.Kind, id.Step) is not { } lot || lot.Find(id) is not { } entry) continue;
            if (isOwn && entry.Of(worker) is { } holding && !isOnBoard) Learn(holding, now);
            isOnBoard = true;
            if (entry.IsDone) continue;
            (entry.IsDone, entry.By, isNew) = (true, worker, true);
            lot.Free.Remove(id.Index);
            lot.OpenCount--;
            OpenCount--;
        }

        return isNew ? Verdict.Accepted : isOnBoard ? Verdict.Repeated : Verdict.Stray;
    }

    private WorkRange Give(WorkerId worker, WorkLot lot, int first, int count, TimeSpan now)
    {
        if (!_spareHoldings.TryPop(out var holding)) holding = new WorkHolding();
        holding.Begin(worker, now, first, count);
        lot.Give(holding);
        if (!_held.TryGetValue(worker, out var held)) _held.Add(worker, held = []);
        held.Add(holding);
        _leases.Add(holding);
        _speeds.Gave(worker, lot.IdOf(first));
        return new WorkRange(lot.IdOf(first), count, lot.Version) { Halvings = lot.Halvings };
    }

    private void TakeBack(WorkerId worker)
    {
        if (!_held.TryGetValue(worker, out var held)) return;
        foreach (var holding in held)
        {
            _leases.Remove(holding);
            holding.Lot.TakeBack(holding, _passed);
            _spareHoldings.Push(holding);
        }

        held.Clear();
    }

    private void End(WorkLot lot)
    {
        foreach (var holding in lot.Holdings)
        {
            _leases.Remove(holding);
            if (_held.TryGetValue(holding.Worker, out var held)) held.Remove(holding);
            _spareHoldings.Push(holding);
        }

        lot.End();
        _spare.Push(lot);
    }

    private void Learn(WorkHolding holding, TimeSpan now)
    {
        _speeds.Learn(holding.Worker, holding.Lot.Kind, (now - holding.Since) / holding.Count);
        foreach (var other in _held[holding.Worker]) _leases.Renew(other);
    }

    private (WorkLot Lot, int First, int Count)? Fresh(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        if (FreeLot(ask.Kinds) is not { } lot) return null;
        var (first, remaining) = (lot.Free.First, lot.Free.Count);
        var (others, fastest) = _speeds.OthersAgainst(ask.Worker, lot.IdOf(first));
        var share = FairShare.Of(remaining, others, fastest);

        // Chunks of an evaluation cost more or less: in small parts nobody waits for the last.
        if (lot.Kind is WorkKind.Validate or WorkKind.Conclude) share = (share + 1) / 2;
        if (lot.Kind == WorkKind.Gradient && share > 1 && lot.Free.IsOneRun)
            share = FairShare.OfShards(share, others, first, remaining, _shards);
        if (share == 0 && now - lot.Entries[first].Opened > _policy.Lease(_speeds.Usual(lot.Kind))) share = 1;
        share = lot.Free.RunFrom(first, Math.Min(share, ask.Room));
        return share == 0 ? null : (lot, first, share);
    }

    private (WorkLot Lot, int First, int Count)? Overdue(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        if (_leases.Overdue(ask, now) is not var (holding, first, found)) return null;
        var count = Math.Min((found + 1) / 2, ask.Room);

        // From the end: its first items may be answered any moment.
        return (holding.Lot, first + found - count, count);
    }

    private WorkLot? FreeLot(WorkKinds kinds)
    {
        foreach (var lot in _lots)
            if (lot.Free.Count > 0 && kinds.Includes(lot.Kind))
                return lot;
        return null;
    }

    private WorkEntry? Find(WorkId id) => LotOf(id.Kind, id.Step)?.Find(id);

    private WorkLot? LotOf(WorkKind kind, long step)
    {
        foreach (var lot in _lots)
            if (lot.Is(kind, step))
                return lot;
        return null;
    }
}
