using System.Numerics;

namespace ClusterTrain.Training.Server;

/// <summary>
/// A set of small numbers, 0 or more: bits, and above each 64 words a bit that says whether any of theirs is set. The first, the last
/// and the number of them are found in as many looks as there are levels.
/// </summary>
internal sealed class FreeItems
{
    private const int Bits = 64;
    private const int Shift = 6;
    private readonly List<ulong[]> _levels = [new ulong[1]];

    public int Count { get; private set; }

    /// <summary>The least; only where there is one.</summary>
    public int First
    {
        get
        {
            var at = 0;
            for (var level = _levels.Count - 1; level >= 0; level--) at = (at << Shift) + BitOperations.TrailingZeroCount(_levels[level][at]);
            return at;
        }
    }

    /// <summary>The greatest; only where there is one.</summary>
    public int Last
    {
        get
        {
            var at = 0;
            for (var level = _levels.Count - 1; level >= 0; level--) at = (at << Shift) + BitOperations.Log2(_levels[level][at]);
            return at;
        }
    }

    /// <summary>Whether there are no gaps between the first and the last.</summary>
    public bool IsOneRun => Count > 0 && Last - First + 1 == Count;

    public bool Contains(int number) => number >> Shift < _levels[0].Length && (_levels[0][number >> Shift] >> (number & (Bits - 1)) & 1) != 0;

    public void Add(int number)
    {
        if (Contains(number)) return;
        Reserve(number + 1);
        Count++;
        foreach (var level in _levels)
        {
            level[number >> Shift] |= 1UL << (number & (Bits - 1));
            number >>= Shift;
        }
    }

    public void Remove(int number)
    {
        if (!Contains(number)) return;
        Count--;
        foreach (var level in _levels)
        {
            if ((level[number >> Shift] &= ~(1UL << (number & (Bits - 1)))) != 0) return;
            number >>= Shift;
        }
    }

    /// <summary>How many follow each other from a number on, itself included, <paramref name="most"/> at the most.</summary>
    public int RunFrom(int first, int most)
    {
        var at = first;
        while (at - first < most && at >> Shift < _levels[0].Length)
        {
            var set = BitOperations.TrailingZeroCount(~(_levels[0][at >> Shift] >> (at & (Bits - 1))));
            var inWord = Bits - (at & (Bits - 1));
            at += Math.Min(set, inWord);
            if (set < inWord) break;
        }

        return Math.Min(most, at - first);
    }

    public void Clear()
    {
        foreach (var level in _levels) Array.Clear(level);
        Count = 0;
    }

    private void Reserve(int numbers)
    {
        for (var level = 0; ; level++)
        {
            var words = (numbers + Bits - 1) >> Shift;
            if (level == _levels.Count) _levels.Add(new ulong[1]);
            if (words > _levels[level].Length)
            {
                var grown = _levels[level];
                Array.Resize(ref grown, Math.Max(words, 2 * grown.Length));
                _levels[level] = grown;
            }

            // A level that is added above one with something in it begins with what that has.
            if (level > 0 && _levels[level - 1][0] != 0) _levels[level][0] |= 1;
            if (words <= 1) return;
            numbers = words;
        }
    }
}
