using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>The items of one kind and step: which are open, who has them, which are done. Used again when they are closed.</summary>
internal sealed class WorkLot
{
    private int _incarnation;

    public WorkKind Kind { get; private set; }

    public long Step { get; private set; }

    public long Version { get; private set; }

    /// <summary>As <see cref="WorkRange.Halvings"/>.</summary>
    public int Halvings { get; private set; }

    /// <summary>Items without an answer.</summary>
    public int OpenCount { get; set; }

    /// <summary>Items that nobody has and nobody has answered.</summary>
    public FreeItems Free { get; } = new();

    /// <summary>What is given out of it, and to whom.</summary>
    public List<WorkHolding> Holdings { get; } = [];

    public List<WorkEntry> Entries { get; } = [];

    public WorkLot Begin(WorkRange range)
    {
        (_incarnation, Kind, Step, Version, Halvings, OpenCount) = (range.First.Incarnation, range.Kind, range.Step, range.Version, range.Halvings, 0);
        return this;
    }

    /// <summary>Forgets them all.</summary>
    public void End()
    {
        Free.Clear();
        Holdings.Clear();
        foreach (var entry in Entries) entry.End();
    }

    public bool Is(WorkKind kind, long step) => Kind == kind && Step == step;

    public WorkId IdOf(int index) => new(_incarnation, Kind, Step, index);

    public WorkEntry? Find(WorkId id) =>
        Is(id.Kind, id.Step) && id.Incarnation == _incarnation && (uint)id.Index < (uint)Entries.Count && Entries[id.Index].IsOpened ? Entries[id.Index] : null;

    /// <summary>Opens items that are not there yet.</summary>
    public void Open(WorkRange range, TimeSpan now)
    {
        while (Entries.Count < range.First.Index + range.Count) Entries.Add(new WorkEntry());
        for (var index = range.First.Index; index < range.First.Index + range.Count; index++)
        {
            Entries[index].Begin(now);
            Free.Add(index);
        }

        OpenCount += range.Count;
    }

    /// <summary>Gives items with consecutive numbers to a worker.</summary>
    public void Give(WorkHolding holding)
    {
        for (var index = holding.First; index < holding.First + holding.Count; index++)
        {
            Entries[index].Holders.Add(holding);
            Free.Remove(index);
        }

        (holding.Lot, holding.Place) = (this, Holdings.Count);
        Holdings.Add(holding);
    }

    /// <summary>Takes back what was given. <paramref name="passed"/> is told of whose some of it now is alone.</summary>
    public void TakeBack(WorkHolding holding, Action<WorkHolding> passed)
    {
        for (var index = holding.First; index < holding.First + holding.Count; index++)
        {
            var entry = Entries[index];
            if (!entry.Holders.Remove(holding) || entry.IsDone) continue;
            if (entry.Holders.Count == 0) Free.Add(index);
            else passed(entry.Holders[^1]);
        }

        Holdings[holding.Place] = Holdings[^1];
        Holdings[holding.Place].Place = holding.Place;
        Holdings.RemoveAt(Holdings.Count - 1);
    }

    /// <summary>Items in a row of a holding that a worker does not have and nobody has got since, from the first such on.</summary>
    public (int First, int Count) Undone(WorkHolding holding, WorkerId worker)
    {
        var first = holding.First;
        var end = holding.First + holding.Count;
        while (first < end && !IsUndone(first, holding, worker)) first++;
        var last = first;
        while (last < end && IsUndone(last, holding, worker)) last++;
        return (first, last - first);
    }

    private bool IsUndone(int index, WorkHolding holding, WorkerId worker) =>
        !Entries[index].IsDone && Entries[index].Holders[^1] == holding && Entries[index].Of(worker) is null;
}

/// <summary>One item on the board.</summary>
internal sealed class WorkEntry
{
    public bool IsOpened { get; private set; }

    public TimeSpan Opened { get; private set; }

    /// <summary>Who has it, in the order in which they got it.</summary>
    public List<WorkHolding> Holders { get; } = [];

    public bool IsDone { get; set; }

    /// <summary>Whose answer was the first.</summary>
    public WorkerId? By { get; set; }

    public void Begin(TimeSpan now) => (IsOpened, Opened, IsDone, By) = (true, now, false, null);

    public void End()
    {
        IsOpened = false;
        Holders.Clear();
    }

    public WorkHolding? Of(WorkerId worker)
    {
        foreach (var holding in Holders)
            if (holding.Worker == worker)
                return holding;
        return null;
    }
}

/// <summary>Items that were given to a worker together. Used again when it has them no longer.</summary>
internal sealed class WorkHolding
{
    /// <summary>Who has them.</summary>
    public WorkerId Worker { get; private set; }

    public TimeSpan Since { get; private set; }

    /// <summary>Number of the first one.</summary>
    public int First { get; private set; }

    public int Count { get; private set; }

    public WorkLot Lot { get; set; } = null!;

    /// <summary>Where it is in its lot's list.</summary>
    public int Place { get; set; }

    /// <summary>Its number among those whose leases are watched; -1 when it is not.</summary>
    public int Slot { get; set; } = -1;

    public WorkHolding Begin(WorkerId worker, TimeSpan since, int first, int count)
    {
        (Worker, Since, First, Count) = (worker, since, first, count);
        return this;
    }
}
