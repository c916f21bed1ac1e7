using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// The open work: what waits, what is leased to whom since when, what is done. Knows nothing of what the work is.
/// </summary>
public sealed class WorkBoard(LeasePolicy policy)
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<WorkId, Entry> _byId = [];

    // Entries are used again: a step opens and closes as many as it has shards.
    private readonly Stack<Entry> _spare = [];
    private readonly TimeSpan[] _usual = new TimeSpan[Enum.GetValues<WorkKind>().Length];

    public enum Verdict
    {
        /// <summary>The first answer to an open item.</summary>
        Accepted,

        /// <summary>The item has an answer already.</summary>
        Repeated,

        /// <summary>Not on the board: of another step, or of an earlier life of the server.</summary>
        Stray,
    }

    /// <summary>Items without an answer.</summary>
    public int OpenCount { get; private set; }

    public bool Contains(WorkId id) => _byId.ContainsKey(id);

    public void Open(WorkItem item)
    {
        if (!_spare.TryPop(out var entry)) entry = new Entry();
        entry.Begin(item);
        _entries.Add(entry);
        _byId.Add(item.Id, entry);
        OpenCount++;
    }

    /// <summary>
    /// The item that <paramref name="worker"/> should do now: the first that nobody has, else the one whose newest lease
    /// is longest overdue and which this worker does not hold itself; null when there is none.
    /// </summary>
    public WorkItem? Take(WorkerId worker, TimeSpan now)
    {
        Entry? chosen = null;
        foreach (var entry in _entries)
        {
            if (entry.IsDone) continue;
            if (entry.Holders.Count == 0)
            {
                chosen = entry;
                break;
            }

            if (IsOverdue(entry, now) && !entry.IsHeldBy(worker) && (chosen is null || entry.Newest < chosen.Newest))
                chosen = entry;
        }

        chosen?.Holders.Add((worker, now));
        return chosen?.Item;
    }

    /// <summary>Books an answer.</summary>
    public Verdict Finish(WorkId id, WorkerId worker, TimeSpan now)
    {
        if (!_byId.TryGetValue(id, out var entry)) return Verdict.Stray;
        if (entry.IsDone) return Verdict.Repeated;
        entry.IsDone = true;
        OpenCount--;
        if (entry.Since(worker) is { } since) Learn(id.Kind, now - since);
        return Verdict.Accepted;
    }

    /// <summary>Takes back all that a worker holds, because it is gone.</summary>
    public void Release(WorkerId worker)
    {
        foreach (var entry in _entries) entry.Holders.RemoveAll(holder => holder.Worker == worker);
    }

    /// <summary>Forgets the items of one kind and step, done or not.</summary>
    public void Close(WorkKind kind, long step)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var id = _entries[i].Item.Id;
            if (id.Kind != kind || id.Step != step) continue;
            if (!_entries[i].IsDone) OpenCount--;
            _byId.Remove(id);
            _spare.Push(_entries[i]);
            _entries.RemoveAt(i);
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _byId.Clear();
        OpenCount = 0;
    }

    private bool IsOverdue(Entry entry, TimeSpan now) =>
        now - entry.Newest > policy.Lease(_usual[(int)entry.Item.Id.Kind]);

    private void Learn(WorkKind kind, TimeSpan taken)
    {
        ref var usual = ref _usual[(int)kind];
        usual = usual == TimeSpan.Zero ? taken : (usual * 0.9) + (taken * 0.1);
    }

    private sealed class Entry
    {
        public WorkItem Item { get; private set; } = null!;

        public List<(WorkerId Worker, TimeSpan Since)> Holders { get; } = [];

        public bool IsDone { get; set; }

        public void Begin(WorkItem item)
        {
            Item = item;
            IsDone = false;
            Holders.Clear();
        }

        /// <summary>When it was last given out.</summary>
        public TimeSpan Newest => Holders[^1].Since;

        public bool IsHeldBy(WorkerId worker) => Since(worker) is not null;

        public TimeSpan? Since(WorkerId worker)
        {
            foreach (var holder in Holders)
                if (holder.Worker == worker)
                    return holder.Since;
            return null;
        }
    }
}
