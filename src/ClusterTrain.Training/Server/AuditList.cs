using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Work that is executed a second time: by another worker, or by the same where there is no other, or none that comes for it. Blocks of
/// gradients are given out whole, so that the answer is the sum of the same shards.
/// </summary>
/// <param name="policy">How long somebody is waited for.</param>
internal sealed class AuditList(LeasePolicy policy)
{
    private readonly List<Audit> _open = [];

    public int Count => _open.Count;

    /// <summary>Whether something of a kind and step is among them.</summary>
    public bool Has(WorkKind kind, long step)
    {
        foreach (var audit in _open)
            if (audit.Range.Kind == kind && audit.Range.Step == step) return true;
        return false;
    }

    /// <summary>Whether a step cannot be committed yet.</summary>
    public bool HasOfStep(long step) => Has(WorkKind.Gradient, step) || Has(WorkKind.Attack, step);

    /// <param name="range">Items as they were answered.</param>
    /// <param name="by">Who did.</param>
    /// <param name="now">Time since the server began.</param>
    public void Add(WorkRange range, WorkerId by, TimeSpan now) => _open.Add(new Audit(range, by, now));

    /// <summary>Whether exactly these items are being executed again.</summary>
    public bool Has(WorkId first, int count) => _open.Exists(audit => audit.Range.First == first && audit.Range.Count == count);

    /// <summary>What a worker should execute again, or null.</summary>
    public WorkRange? Take(ServerMessage.WorkerAsks ask, WorkerSpeeds speeds, TimeSpan now)
    {
        foreach (var audit in _open)
        {
            var kind = audit.Range.Kind;
            var patience = policy.Lease(speeds.Usual(kind) * audit.Range.Count);
            var isFree = audit.Holder is null || (audit.Holder != ask.Worker && now - audit.Since > patience);
            var isFit = ask.Kinds.Includes(kind) && ask.Room >= audit.Range.Count
                && (ask.Worker != audit.By || now - audit.Since > patience || !speeds.HasOtherThan(audit.By, kind.Alone()));
            if (!isFree || !isFit) continue;
            (audit.Holder, audit.Since) = (ask.Worker, now);
            audit.GivenTo.Add(ask.Worker);
            return audit.Range;
        }

        return null;
    }

    /// <summary>A worker has nothing in hand any more.</summary>
    public void Drop(WorkerId worker)
    {
        foreach (var audit in _open)
            if (audit.Holder == worker) audit.Holder = null;
    }

    /// <summary>Books a second answer; false when that is none of a second execution.</summary>
    public bool Finish(WorkId first, int count, WorkerId worker) =>
        _open.RemoveAll(audit => audit.Range.First == first && audit.Range.Count == count && (worker != audit.By || audit.GivenTo.Contains(worker))) > 0;

    /// <summary>Forgets what has any of these items: they were computed otherwise since.</summary>
    public void Cancel(WorkId first, int count)
    {
        // Asked for every answer, mostly for nothing: without a closure, which would be memory for the collector.
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var range = _open[i].Range;
            if (range.Kind == first.Kind && range.Step == first.Step && range.First.Index < first.Index + count && first.Index < range.First.Index + range.Count)
                _open.RemoveAt(i);
        }
    }

    /// <summary>Forgets those of a kind and step.</summary>
    public void Close(WorkKind kind, long step)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
            if (_open[i].Range.Kind == kind && _open[i].Range.Step == step) _open.RemoveAt(i);
    }

    public void Clear() => _open.Clear();

    private sealed class Audit(WorkRange range, WorkerId by, TimeSpan opened)
    {
        public WorkRange Range => range;

        public WorkerId By => by;

        public WorkerId? Holder { get; set; }

        /// <summary>When it was given out last, or opened.</summary>
        public TimeSpan Since { get; set; } = opened;

        public HashSet<WorkerId> GivenTo { get; } = [];
    }
}
