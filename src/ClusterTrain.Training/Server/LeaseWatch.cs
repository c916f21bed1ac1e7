using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// Which of the work that was given out is overdue. When a lease ends depends on what is known of speeds, which changes: those of a
/// worker that was learned of are looked at anew, all of them when the usual time has moved, and each once more before it counts as
/// overdue.
/// </summary>
internal sealed class LeaseWatch(LeasePolicy policy, WorkerSpeeds speeds)
{
    // However slow a worker is known to be, its work is given out again before it has taken this many ordinary times.
    private const double MostPatience = 2;

    // So few are looked at anew at any change of the usual time, more only where it has moved by this share.
    private const int Few = 16;
    private const double Moved = 0.1;

    private readonly List<WorkHolding?> _holdings = [];
    private readonly Stack<int> _freeSlots = [];
    private readonly KeyedHeap[] _ends = [.. Enum.GetValues<WorkKind>().Select(_ => new KeyedHeap())];
    private readonly TimeSpan[] _usual = new TimeSpan[Enum.GetValues<WorkKind>().Length];
    private readonly List<WorkHolding> _passedOver = [];

    public void Add(WorkHolding holding)
    {
        if (holding.Slot < 0)
        {
            if (!_freeSlots.TryPop(out var slot))
            {
                slot = _holdings.Count;
                _holdings.Add(null);
            }

            (holding.Slot, _holdings[slot]) = (slot, holding);
        }

        _ends[(int)holding.Lot.Kind].Set(holding.Slot, End(holding).Ticks);
    }

    public void Remove(WorkHolding holding)
    {
        if (holding.Slot < 0) return;
        _ends[(int)holding.Lot.Kind].Remove(holding.Slot);
        _holdings[holding.Slot] = null;
        _freeSlots.Push(holding.Slot);
        holding.Slot = -1;
    }

    /// <summary>Something was learned of who has it.</summary>
    public void Renew(WorkHolding holding)
    {
        if (holding.Slot >= 0) Add(holding);
    }

    /// <summary>Whether anything of these kinds may be overdue: never no where something is.</summary>
    public bool MayHave(TimeSpan now)
    {
        for (var kind = 0; kind < _ends.Length; kind++)
        {
            FollowUsual((WorkKind)kind);
            if (_ends[kind].Count > 0 && _ends[kind].TopKey < now.Ticks) return true;
        }

        return false;
    }

    /// <summary>Of what is overdue, what a worker may take over of the longest overdue: items in a row; null when there is nothing.</summary>
    public (WorkHolding Holding, int First, int Count)? Overdue(ServerMessage.WorkerAsks ask, TimeSpan now)
    {
        (WorkHolding Holding, int First, int Count)? oldest = null;
        for (var kind = 0; kind < _ends.Length; kind++)
        {
            if (!ask.Kinds.Includes((WorkKind)kind)) continue;
            FollowUsual((WorkKind)kind);
            if (Overdue(_ends[kind], ask.Worker, now) is { } found && (oldest is not { } other || found.Holding.Since < other.Holding.Since)) oldest = found;
            foreach (var holding in _passedOver) Add(holding);
            _passedOver.Clear();
        }

        return oldest;
    }

    private (WorkHolding Holding, int First, int Count)? Overdue(KeyedHeap ends, WorkerId worker, TimeSpan now)
    {
        while (ends.Count > 0 && ends.TopKey < now.Ticks)
        {
            var holding = _holdings[ends.Top]!;
            if (End(holding) >= now)
            {
                Add(holding);
                continue;
            }

            var (first, count) = holding.Lot.Undone(holding, worker);
            if (count > 0) return (holding, first, count);
            if (holding.Lot.Undone(holding, default).Count > 0)
            {
                // Another worker may take it.
                _passedOver.Add(holding);
                ends.Remove(holding.Slot);
            }
            else
            {
                Remove(holding);
            }
        }

        return null;
    }

    private TimeSpan End(WorkHolding holding)
    {
        var kind = holding.Lot.Kind;
        var (own, most) = (speeds.PerItem(holding.Worker, kind), speeds.Usual(kind) * MostPatience);
        return holding.Since + policy.Lease((own < most ? own : most) * holding.Count);
    }

    private void FollowUsual(WorkKind kind)
    {
        var (usual, known, ends) = (speeds.Usual(kind), _usual[(int)kind], _ends[(int)kind]);
        if (usual == known || (ends.Count > Few && (usual - known).Duration() < known * Moved)) return;
        _usual[(int)kind] = usual;
        foreach (var holding in _holdings)
            if (holding is not null && holding.Lot.Kind == kind)
                Add(holding);
    }
}
