using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// The open work: what waits, what is leased to whom since when, what is done. Work comes and goes in ranges, and is booked
/// item by item; what it is the board does not know.
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

    /// <summary>Whether a worker has been given <paramref name="count"/> items with consecutive numbers, answered or not, and has not asked for others since.</summary>
    public bool IsHeld(WorkId first, int count, WorkerId worker)
    {
        for (var i = 0; i < count; i++)
        {
            if (!_byId.TryGetValue(first with { Index = first.Index + i }, out var entry) || entry.Of(worker) is null) return false;
        }

        return count > 0;
    }

    public void Open(WorkRange range, TimeSpan now)
    {
        for (var i = 0; i < range.Count; i++)
        {
            if (!_spare.TryPop(out var entry)) entry = new Entry();
            entry.Begin(range[i], range.Version, now);
            _entries.Add(entry);
            _byId.Add(entry.Id, entry);
        }

        OpenCount += range.Count;
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
    /// What a worker should do now: its share, by speed, of the first items that nobody has; when there are none, half of what
    /// is longest overdue with another. Null when there is neither.
    /// </summary>
    /// <param name="ask">Who asks, for what and how much.</param>
    /// <param name="now">Time since the server began.</param>
    public WorkRange? Take(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        var (first, count) = Fresh(ask, now);
        if (count == 0) (first, count) = Overdue(ask, now);
        if (count == 0) return null;
        for (var i = first; i < first + count; i++) _entries[i].Holders.Add(new Holder(ask.Worker, now, count));
        var head = _entries[first];
        _speeds.Gave(ask.Worker, head.Id);
        return new WorkRange(head.Id, count, head.Version);
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
            if (entry.Id.Kind != kind || entry.Id.Step != step) continue;
            foreach (var holder in entry.Holders)
                if (holder.Worker != entry.By)
                    _speeds.LearnLate(holder.Worker, kind, (now - holder.Since) / holder.Count);
            if (!entry.IsDone) OpenCount--;
            _byId.Remove(entry.Id);
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
            if (i - first == run && _entries[i].Id.Index == head.Id.Index + run) run++;
            remaining++;
        }

        var (others, fastest) = _speeds.OthersAgainst(ask.Worker, head.Id);
        var share = FairShare.Of(remaining, others, fastest);

        // Chunks of an evaluation cost more or less: in small parts nobody waits for the last.
        if (head.Id.Kind is WorkKind.Validate or WorkKind.Conclude) share = (share + 1) / 2;
        if (head.Id.Kind == WorkKind.Gradient && share > 1 && run == remaining)
            share = FairShare.OfShards(share, others, head.Id.Index, remaining, shards);
        if (share == 0 && now - head.Opened > policy.Lease(_speeds.Usual(head.Id.Kind))) share = 1;
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
            && _entries[last + 1].Newest == head.Newest && _entries[last + 1].Id.Index == _entries[last].Id.Index + 1)
            last++;
        var found = last - chosen + 1;
        var count = Math.Min((found + 1) / 2, ask.Room);

        // From the end: its first items may be answered any moment.
        return (last - count + 1, count);
    }

    private bool IsOverdue(Entry entry, ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        if (entry.IsDone || entry.Holders.Count == 0 || !Takes(ask, entry) || entry.Of(ask.Worker) is not null) return false;
        var (holder, kind) = (entry.Newest, entry.Id.Kind);
        var (own, most) = (_speeds.PerItem(holder.Worker, kind), _speeds.Usual(kind) * MostPatience);
        return now - holder.Since > policy.Lease((own < most ? own : most) * holder.Count);
    }

    private static bool Takes(ServerMessage.WorkerAsks ask, Entry entry) => ask.Kinds.Includes(entry.Id.Kind);

    /// <summary>Who has an item, since when, and of how many that were given out together it is one.</summary>
    private readonly record struct Holder(WorkerId Worker, TimeSpan Since, int Count);

    private sealed class Entry
    {
        public WorkId Id { get; private set; }

        public long Version { get; private set; }

        public TimeSpan Opened { get; private set; }

        public List<Holder> Holders { get; } = [];

        public bool IsDone { get; set; }

        /// <summary>Whose answer was the first.</summary>
        public WorkerId? By { get; set; }

        public bool IsFree => !IsDone && Holders.Count == 0;

        /// <summary>Who got it last.</summary>
        public Holder Newest => Holders[^1];

        public void Begin(WorkId id, long version, TimeSpan now)
        {
            (Id, Version, Opened, IsDone, By) = (id, version, now, false, null);
            Holders.Clear();
        }

        public bool IsLike(Entry other) => Id.Kind == other.Id.Kind && Id.Step == other.Id.Step;

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
