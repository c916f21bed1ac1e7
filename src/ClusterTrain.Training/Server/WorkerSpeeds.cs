using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Who there is, and how long each takes for an item. Decides who gets how much and when work is given out again: the
/// run's speed, never its result.
/// </summary>
internal sealed class WorkerSpeeds
{
    private const double Newest = 0.3;

    // What is known of a worker that is left out fades, so that one bad moment is not held against it for good.
    private const double Fading = 0.97;
    private static readonly int Kinds = Enum.GetValues<WorkKind>().Length;
    private readonly Dictionary<WorkerId, Record> _records = [];
    private readonly List<TimeSpan> _sorted = [];

    /// <summary>A worker asks: it is here, and idle.</summary>
    public void See(WorkerId worker, WorkKinds kinds)
    {
        if (!_records.TryGetValue(worker, out var record)) _records.Add(worker, record = new Record());
        (record.Kinds, record.IsIdle, record.IsLate) = (kinds, true, false);
    }

    public void Forget(WorkerId worker) => _records.Remove(worker);

    /// <summary>A worker was given some of the items of a kind and step.</summary>
    public void Gave(WorkerId worker, WorkId first)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        record.IsIdle = false;
        record.LastStep[(int)first.Kind] = first.Step;
    }

    /// <summary>A worker took this long for an item.</summary>
    public void Learn(WorkerId worker, WorkKind kind, TimeSpan taken)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        ref var known = ref record.PerItem[(int)kind];
        known = known == TimeSpan.Zero ? taken : (known * (1 - Newest)) + (taken * Newest);
    }

    /// <summary>A worker has had an item this long and has not answered: it takes longer still, which may be no news.</summary>
    public void LearnLate(WorkerId worker, WorkKind kind, TimeSpan soFar)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        ref var known = ref record.PerItem[(int)kind];
        if (soFar <= known) return;
        (record.IsLate, known) = (true, soFar);
    }

    /// <summary>The items of a kind and step are done.</summary>
    public void EndOf(WorkKind kind, long step)
    {
        foreach (var record in _records.Values)
            if (record.IsIdle && record.LastStep[(int)kind] != step)
                record.PerItem[(int)kind] *= Fading;
    }

    /// <summary>The time that an item of a kind takes a worker; that of an ordinary one where nothing is known of it; zero when nothing is.</summary>
    public TimeSpan PerItem(WorkerId worker, WorkKind kind) =>
        _records.TryGetValue(worker, out var record) && record.PerItem[(int)kind] > TimeSpan.Zero ? record.PerItem[(int)kind] : Usual(kind);

    /// <summary>The time that an item of a kind takes an ordinary worker: the lower median, which a slow one cannot spoil.</summary>
    public TimeSpan Usual(WorkKind kind)
    {
        _sorted.Clear();
        foreach (var record in _records.Values)
            if (!record.IsLate && record.PerItem[(int)kind] > TimeSpan.Zero)
                _sorted.Add(record.PerItem[(int)kind]);
        if (_sorted.Count == 0) return TimeSpan.Zero;
        _sorted.Sort();
        return _sorted[(_sorted.Count - 1) / 2];
    }

    /// <summary>
    /// How much work the others do in the time of one item of <paramref name="worker"/>, counting those that may still take
    /// some of the same kind and step; and how much the fastest of them alone does.
    /// </summary>
    public (double Others, double Fastest) OthersAgainst(WorkerId worker, WorkId first)
    {
        var mine = PerItem(worker, first.Kind);
        var (sum, fastest) = (0.0, 0.0);
        foreach (var (other, record) in _records)
        {
            if (other == worker || record.IsLate || !record.Kinds.Includes(first.Kind)) continue;
            if (!record.IsIdle && record.LastStep[(int)first.Kind] == first.Step) continue;
            var theirs = PerItem(other, first.Kind);
            var speed = mine > TimeSpan.Zero && theirs > TimeSpan.Zero ? mine / theirs : 1;
            (sum, fastest) = (sum + speed, Math.Max(fastest, speed));
        }

        return (sum, fastest);
    }

    private sealed class Record
    {
        public WorkKinds Kinds { get; set; }

        /// <summary>Waits for work.</summary>
        public bool IsIdle { get; set; }

        /// <summary>Has not answered what others have answered since, nor asked again.</summary>
        public bool IsLate { get; set; }

        public TimeSpan[] PerItem { get; } = new TimeSpan[WorkerSpeeds.Kinds];

        /// <summary>Of each kind, the step that it last was given items of.</summary>
        public long[] LastStep { get; } = [.. Enumerable.Repeat(-1L, WorkerSpeeds.Kinds)];
    }
}
