using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Who there is, and how long each takes for an item. Decides who gets how much and when work is given out again: the
/// run's speed, never its result.
/// </summary>
/// <remarks>What is asked for at every message is kept up to date at every change, in O(log workers), and never counted anew.</remarks>
internal sealed class WorkerSpeeds
{
    private const double Newest = 0.3;

    // What is known of a worker that is left out fades, so that one bad moment is not held against it for good.
    private const double Fading = 0.97;
    private static readonly int Kinds = Enum.GetValues<WorkKind>().Length;
    private readonly Dictionary<WorkerId, SpeedRecord> _records = [];
    private readonly Stack<int> _freeSlots = [];
    private readonly KeyedMedian[] _usual = [.. Enumerable.Range(0, Kinds).Select(_ => new KeyedMedian())];

    // Of each kind two: work is made ahead by a step at the most.
    private readonly SpeedPool[] _pools = [.. Enumerable.Range(0, 2 * Kinds).Select(number => new SpeedPool((WorkKind)(number / 2)))];

    /// <summary>A worker asks: it is here, and idle.</summary>
    public void See(WorkerId worker, WorkKinds kinds)
    {
        if (!_records.TryGetValue(worker, out var record))
            _records.Add(worker, record = new SpeedRecord(_freeSlots.TryPop(out var slot) ? slot : _records.Count, Kinds));
        (record.Kinds, record.IsIdle, record.IsLate) = (kinds, true, false);
        Refresh(record);
    }

    public void Forget(WorkerId worker)
    {
        if (!_records.Remove(worker, out var record)) return;
        foreach (var median in _usual) median.Remove(record.Slot);
        foreach (var pool in _pools) pool.Remove(record);
        _freeSlots.Push(record.Slot);
    }

    /// <summary>Whether somebody else is here who takes such work.</summary>
    public bool HasOtherThan(WorkerId worker, WorkKinds kinds) =>
        _records.Any(record => record.Key != worker && (record.Value.Kinds & kinds) != WorkKinds.None);

    /// <summary>A worker was given some of the items of a kind and step.</summary>
    public void Gave(WorkerId worker, WorkId first)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        record.IsIdle = false;
        record.LastStep[(int)first.Kind] = first.Step;
        Refresh(record);
    }

    /// <summary>A worker took this long for an item.</summary>
    public void Learn(WorkerId worker, WorkKind kind, TimeSpan taken)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        ref var known = ref record.PerItem[(int)kind];
        known = known == TimeSpan.Zero ? taken : (known * (1 - Newest)) + (taken * Newest);
        Refresh(record);
    }

    /// <summary>A worker has had an item this long and has not answered: it takes longer still, which may be no news.</summary>
    public void LearnLate(WorkerId worker, WorkKind kind, TimeSpan soFar)
    {
        if (!_records.TryGetValue(worker, out var record)) return;
        ref var known = ref record.PerItem[(int)kind];
        if (soFar <= known) return;
        (record.IsLate, known) = (true, soFar);
        Refresh(record);
    }

    /// <summary>The items of a kind and step are done.</summary>
    public void EndOf(WorkKind kind, long step)
    {
        foreach (var record in _records.Values)
        {
            if (!record.IsIdle || record.LastStep[(int)kind] == step || record.PerItem[(int)kind] == TimeSpan.Zero) continue;
            record.PerItem[(int)kind] *= Fading;
            Refresh(record);
        }
    }

    /// <summary>The time that an item of a kind takes a worker; that of an ordinary one where nothing is known of it; zero when nothing is.</summary>
    public TimeSpan PerItem(WorkerId worker, WorkKind kind) =>
        _records.TryGetValue(worker, out var record) && record.PerItem[(int)kind] > TimeSpan.Zero ? record.PerItem[(int)kind] : Usual(kind);

    /// <summary>The time that an item of a kind takes an ordinary worker: the lower median, which a slow one cannot spoil.</summary>
    public TimeSpan Usual(WorkKind kind) => TimeSpan.FromTicks(_usual[(int)kind].Median);

    /// <summary>
    /// How much work the others do in the time of one item of <paramref name="worker"/>, counting those that may still take
    /// some of the same kind and step; and how much the fastest of them alone does.
    /// </summary>
    public (double Others, double Fastest) OthersAgainst(WorkerId worker, WorkId first)
    {
        var pool = _pools[(2 * (int)first.Kind) + (int)(first.Step & 1)];
        if (pool.Step != first.Step) pool.Begin(first.Step, _records.Values);
        var (mine, usual) = (PerItem(worker, first.Kind), Usual(first.Kind));
        return pool.Against(_records.GetValueOrDefault(worker), mine, usual);
    }

    private void Refresh(SpeedRecord record)
    {
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (record.IsLate || record.PerItem[kind] == TimeSpan.Zero) _usual[kind].Remove(record.Slot);
            else _usual[kind].Set(record.Slot, record.PerItem[kind].Ticks);
        }

        foreach (var pool in _pools) pool.Refresh(record);
    }
}

/// <summary>What is known of one worker.</summary>
/// <param name="slot">Its number among the workers that there are.</param>
/// <param name="kinds">Kinds of work.</param>
internal sealed class SpeedRecord(int slot, int kinds)
{
    public int Slot => slot;

    public WorkKinds Kinds { get; set; }

    /// <summary>Waits for work.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Has not answered what others have answered since, nor asked again.</summary>
    public bool IsLate { get; set; }

    public TimeSpan[] PerItem { get; } = new TimeSpan[kinds];

    /// <summary>Of each kind, the step that it last was given items of.</summary>
    public long[] LastStep { get; } = [.. Enumerable.Repeat(-1L, kinds)];
}

/// <summary>
/// The workers that may still take some of one kind and step: how fast they are together, and how fast the fastest is. Speeds are
/// added as whole numbers, so that no order of coming and going leaves a trace in the sum.
/// </summary>
internal sealed class SpeedPool(WorkKind kind)
{
    // Speed of who takes one tick for an item.
    private const long Unit = 1L << 62;

    // What rounding to whole speeds leaves behind is no part of a share.
    private const int Digits = 9;

    private readonly KeyedHeap _known = new();
    private readonly HashSet<int> _unknown = [];
    private Int128 _sum;

    public long Step { get; private set; } = -1;

    /// <summary>From now on those that may take some of this step.</summary>
    public void Begin(long step, IEnumerable<SpeedRecord> workers)
    {
        Step = step;
        foreach (var worker in workers) Refresh(worker);
    }

    public void Refresh(SpeedRecord worker)
    {
        var isIn = !worker.IsLate && worker.Kinds.Includes(kind) && (worker.IsIdle || worker.LastStep[(int)kind] != Step);
        var ticks = worker.PerItem[(int)kind].Ticks;
        if (isIn && ticks > 0 && _known.Contains(worker.Slot) && _known.KeyOf(worker.Slot) == ticks) return;
        Remove(worker);
        if (!isIn) return;
        if (ticks == 0)
        {
            _unknown.Add(worker.Slot);
            return;
        }

        _known.Set(worker.Slot, ticks);
        _sum += Unit / ticks;
    }

    public void Remove(SpeedRecord worker)
    {
        _unknown.Remove(worker.Slot);
        if (!_known.Contains(worker.Slot)) return;
        _sum -= Unit / _known.KeyOf(worker.Slot);
        _known.Remove(worker.Slot);
    }

    /// <param name="worker">Who is left out of the count; null for nobody.</param>
    /// <param name="mine">The time that an item takes it; zero when nothing is known of anybody.</param>
    /// <param name="usual">That of an ordinary worker, which those have of whom nothing is known; zero when nothing is.</param>
    public (double Others, double Fastest) Against(SpeedRecord? worker, TimeSpan mine, TimeSpan usual)
    {
        var slot = worker?.Slot ?? -1;
        var unknown = _unknown.Count - (_unknown.Contains(slot) ? 1 : 0);
        var isKnown = slot >= 0 && _known.Contains(slot);
        if (mine == TimeSpan.Zero || usual == TimeSpan.Zero)
        {
            var count = unknown + _known.Count - (isKnown ? 1 : 0);
            return (count, count > 0 ? 1 : 0);
        }

        var sum = _sum - (isKnown ? Unit / _known.KeyOf(slot) : 0) + ((Int128)unknown * (Unit / usual.Ticks));
        var least = Math.Min(_known.LeastBut(slot) ?? long.MaxValue, unknown > 0 ? usual.Ticks : long.MaxValue);
        var others = Math.Round((double)sum / Unit * mine.Ticks, Digits);
        return (others, least == long.MaxValue ? 0 : (double)mine.Ticks / least);
    }
}
