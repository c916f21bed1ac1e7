namespace ClusterTrain.Training.Server;

/// <summary>
/// Slots (small numbers, 0 or more) with keys, of which the least is at hand: a binary heap that knows where each slot is, so that a
/// key is changed or taken out in O(log n). Allocates nothing once it has been as large.
/// </summary>
internal sealed class KeyedHeap
{
    private int[] _slots = [];
    private int[] _places = [];
    private long[] _keys = [];

    public int Count { get; private set; }

    /// <summary>The slot with the least key; only where there is one.</summary>
    public int Top => _slots[0];

    public long TopKey => _keys[_slots[0]];

    public bool Contains(int slot) => slot < _places.Length && _places[slot] > 0;

    public long KeyOf(int slot) => _keys[slot];

    /// <summary>The least key but for one slot's; null where there is no other.</summary>
    public long? LeastBut(int slot)
    {
        if (Count == 0) return null;
        if (Top != slot) return TopKey;
        if (Count == 1) return null;
        var least = _keys[_slots[1]];
        return Count == 2 ? least : Math.Min(least, _keys[_slots[2]]);
    }

    /// <summary>Puts a slot in, or gives it another key.</summary>
    public void Set(int slot, long key)
    {
        if (slot >= _places.Length) Grow(slot + 1);
        if (_places[slot] == 0)
        {
            _slots[Count] = slot;
            _places[slot] = ++Count;
        }

        _keys[slot] = key;
        Sink(Rise(_places[slot] - 1));
    }

    public void Remove(int slot)
    {
        if (!Contains(slot)) return;
        var place = _places[slot] - 1;
        _places[slot] = 0;
        var last = _slots[--Count];
        if (last == slot) return;
        Put(last, place);
        Sink(Rise(place));
    }

    public void Clear()
    {
        while (Count > 0) _places[_slots[--Count]] = 0;
    }

    private int Rise(int place)
    {
        var slot = _slots[place];
        while (place > 0 && _keys[slot] < _keys[_slots[(place - 1) / 2]])
        {
            Put(_slots[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(slot, place);
        return place;
    }

    private void Sink(int place)
    {
        var slot = _slots[place];
        for (var child = (2 * place) + 1; child < Count; child = (2 * place) + 1)
        {
            if (child + 1 < Count && _keys[_slots[child + 1]] < _keys[_slots[child]]) child++;
            if (_keys[_slots[child]] >= _keys[slot]) break;
            Put(_slots[child], place);
            place = child;
        }

        Put(slot, place);
    }

    private void Put(int slot, int place) => (_slots[place], _places[slot]) = (slot, place + 1);

    private void Grow(int length)
    {
        var room = Math.Max(length, 2 * _places.Length);
        Array.Resize(ref _slots, room);
        Array.Resize(ref _places, room);
        Array.Resize(ref _keys, room);
    }
}

/// <summary>The lower median of the keys of some slots, in O(log n) a change: the lesser half and the greater half.</summary>
internal sealed class KeyedMedian
{
    private readonly KeyedHeap _lesser = new();
    private readonly KeyedHeap _greater = new();

    /// <summary>The middle one, of an even number the lesser of the two; 0 of none.</summary>
    public long Median => _lesser.Count == 0 ? 0 : -_lesser.TopKey;

    /// <summary>Puts a slot in, or gives it another key.</summary>
    public void Set(int slot, long key)
    {
        if (_lesser.Contains(slot) && -_lesser.KeyOf(slot) == key) return;
        if (_greater.Contains(slot) && _greater.KeyOf(slot) == key) return;
        Remove(slot);
        if (_lesser.Count > 0 && key <= Median) _lesser.Set(slot, -key);
        else _greater.Set(slot, key);
        Balance();
    }

    public void Remove(int slot)
    {
        _lesser.Remove(slot);
        _greater.Remove(slot);
        Balance();
    }

    private void Balance()
    {
        while (_lesser.Count > _greater.Count + 1) Move(_lesser, _greater);
        while (_lesser.Count < _greater.Count) Move(_greater, _lesser);
    }

    private static void Move(KeyedHeap from, KeyedHeap to)
    {
        var (slot, key) = (from.Top, from.TopKey);
        from.Remove(slot);
        to.Set(slot, -key);
    }
}
