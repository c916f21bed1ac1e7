using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// The open work: what waits, what is leased to whom since when, what is done. Knows nothing of what the work is.
/// </summary>
/// <param name="policy">When work is given out a second time.</param>
/// <param name="shards">Shards of a step.</param>
public sealed class WorkBoard(LeasePolicy policy, int shards)
{
    // However slow a worker is known to be, its work is given out again before it has taken this many ordinary times.
    private const double MostPatience = 2;

    private readonly WorkerSpeeds _speeds = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<WorkId, Entry> _byId = [];

    // Entries are used again: a step opens and closes as many as it has shards.
    private readonly Stack<Entry> _spare = [];

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

    public bool Contains(WorkId id) => _byId.ContainsKey(id);

    public void Open(WorkItem item, TimeSpan now)
    {
        if (!_spare.TryPop(out var entry)) entry = new Entry();
        entry.Begin(item, now);
        _entries.Add(entry);
        _byId.Add(item.Id, entry);
        OpenCount++;
    }

    /// <summary>A worker asks: what it had before it no longer holds.</summary>
    public void Greet(ServerMessage.WorkerAsks ask)
    {
        foreach (var entry in _entries) entry.Drop(ask.Worker);
        _speeds.See(ask.Worker, ask.Kinds);
    }

    /// <summary>Takes back all that a worker holds, because it is gone.</summary>
    public void Release(WorkerId worker)
    {
        foreach (var entry in _entries) entry.Drop(worker);
        _speeds.Forget(worker);
    }

    /// <summary>
    /// What a worker should do now: its share, by speed, of the first items that nobody has, with consecutive numbers; when
    /// there are none, half of what is longest overdue with another. Nothing when there is neither.
    /// </summary>
    /// <param name="ask">Who asks, for what and how much.</param>
    /// <param name="now">Time since the server began.</param>
    /// <param name="taken">Gets the items, of one kind and step, ascending.</param>
    public void Take(ServerMessage.WorkerAsks ask, TimeSpan now, List<WorkItem> taken)
    {
        var (first, count) = Fresh(ask, now);
        if (count == 0) (first, count) = Overdue(ask, now);
        for (var i = first; i < first + count; i++)
        {
            _entries[i].Holders.Add(new Holder(ask.Worker, now, count));
            taken.Add(_entries[i].Item);
        }

        if (count > 0) _speeds.Gave(ask.Worker, _entries[first].Item.Id);
    }

    /// <summary>Books an answer to <paramref name="count"/> items with consecutive numbers from <paramref name="first"/> on.</summary>
    public Verdict Finish(WorkId first, int count, WorkerId worker, TimeSpan now)
    {
        var (isOnBoard, isNew) = (false, false);
        for (var i = 0; i < count; i++)
        {
            if (!_byId.TryGetValue(first with { Index = first.Index + i }, out var entry)) continue;
            if (entry.Of(worker) is { } holder && !isOnBoard) _speeds.Learn(worker, first.Kind, (now - holder.Since) / holder.Count);
            isOnBoard = true;
            if (entry.IsDone) continue;
            (entry.IsDone, entry.By, isNew) = (true, worker, true);
            OpenCount--;
        }

        return isNew ? Verdict.Accepted : isOnBoard ? Verdict.Repeated : Verdict.Stray;
    }

    /// <summary>Forgets the items of one kind and step, done or not. Who still works on one is known to be slow from now on.</summary>
    public void Close(WorkKind kind, long step, TimeSpan now)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var entry = _entries[i];
            if (entry.Item.Id.Kind != kind || entry.Item.Id.Step != step) continue;
            foreach (var holder in entry.Holders)
                if (holder.Worker != entry.By)
                    _speeds.LearnLate(holder.Worker, kind, (now - holder.Since) / holder.Count);
            if (!entry.IsDone) OpenCount--;
            _byId.Remove(entry.Item.Id);
            _spare.Push(entry);
            _entries.RemoveAt(i);
        }

        _speeds.EndOf(kind, step);
    }

    public void Clear()
    {
        _entries.Clear();
        _byId.Clear();
        OpenCount = 0;
    }

    private (int First, int Count) Fresh(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        var first = 0;
        while (first < _entries.Count && !(_entries[first].IsFree && Takes(ask, _entries[first]))) first++;
        if (first == _entries.Count) return (0, 0);
        var head = _entries[first];
        var (remaining, run) = (0, 0);
        for (var i = first; i < _entries.Count; i++)
        {
            if (!_entries[i].IsFree || !_entries[i].IsLike(head)) continue;
            if (i - first == run && _entries[i].Item.Id.Index == head.Item.Id.Index + run) run++;
            remaining++;
        }

        var (others, fastest) = _speeds.OthersAgainst(ask.Worker, head.Item.Id);
        var share = FairShare.Of(remaining, others, fastest);

        // Chunks of an evaluation cost more or less: in small parts nobody waits for the last.
        if (head.Item is WorkItem.Evaluate) share = (share + 1) / 2;
        if (head.Item is WorkItem.Gradient && share > 1 && run == remaining)
            share = FairShare.OfShards(share, others, head.Item.Id.Index, remaining, shards);
        if (share == 0 && now - head.Opened > policy.Lease(_speeds.Usual(head.Item.Id.Kind))) share = 1;
        return (first, Math.Min(Math.Min(share, run), ask.Room));
    }

    private (int First, int Count) Overdue(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        var chosen = -1;
        for (var i = 0; i < _entries.Count; i++)
        {
            if (IsOverdue(_entries[i], ask, now) && (chosen < 0 || _entries[i].Newest.Since < _entries[chosen].Newest.Since)) chosen = i;
        }

        if (chosen < 0) return (0, 0);
        var (head, last) = (_entries[chosen], chosen);
        while (last + 1 < _entries.Count && IsOverdue(_entries[last + 1], ask, now) && _entries[last + 1].IsLike(head)
            && _entries[last + 1].Newest == head.Newest && _entries[last + 1].Item.Id.Index == _entries[last].Item.Id.Index + 1)
            last++;
        var found = last - chosen + 1;
        var count = Math.Min((found + 1) / 2, ask.Room);

        // From the end: its first items may be answered any moment.
        return (last - count + 1, count);
    }

    private bool IsOverdue(Entry entry, ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        if (entry.IsDone || entry.Holders.Count == 0 || !Takes(ask, entry) || entry.Of(ask.Worker) is not null) return false;
        var (holder, kind) = (entry.Newest, entry.Item.Id.Kind);
        var (own, most) = (_speeds.PerItem(holder.Worker, kind), _speeds.Usual(kind) * MostPatience);
        return now - holder.Since > policy.Lease((own < most ? own : most) * holder.Count);
    }

    private static bool Takes(ServerMessage.WorkerAsks ask, Entry entry) => ask.Kinds.HasFlag((WorkKinds)(1 << (int)entry.Item.Id.Kind));

    /// <summary>Who has an item, since when, and of how many that were given out together it is one.</summary>
    private readonly record struct Holder(WorkerId Worker, TimeSpan Since, int Count);

    private sealed class Entry
    {
        public WorkItem Item { get; private set; } = null!;

        public TimeSpan Opened { get; private set; }

        public List<Holder> Holders { get; } = [];

        public bool IsDone { get; set; }

        /// <summary>Whose answer was the first.</summary>
        public WorkerId? By { get; set; }

        public bool IsFree => !IsDone && Holders.Count == 0;

        /// <summary>Who got it last.</summary>
        public Holder Newest => Holders[^1];

        public void Begin(WorkItem item, TimeSpan now)
        {
            (Item, Opened, IsDone, By) = (item, now, false, null);
            Holders.Clear();
        }

        public bool IsLike(Entry other) => Item.Id.Kind == other.Item.Id.Kind && Item.Id.Step == other.Item.Id.Step;

        public void Drop(WorkerId worker)
        {
            for (var i = Holders.Count - 1; i >= 0; i--)
                if (Holders[i].Worker == worker)
                    Holders.RemoveAt(i);
        }

        public Holder? Of(WorkerId worker)
        {
            foreach (var holder in Holders)
                if (holder.Worker == worker)
                    return holder;
            return null;
        }
    }
}
