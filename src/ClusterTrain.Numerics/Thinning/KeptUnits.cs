using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// Which units of one site a replica keeps, ascending. Owned by one <see cref="ReplicaMask"/> and refilled in place.
/// </summary>
public sealed class KeptUnits
{
    // Numbers come in blocks of four: asking for one at a time would make each block four times.
    private const int Chunk = 256;

    private readonly int[] _indices;

    internal KeptUnits(UnitSite site)
    {
        Site = site;
        _indices = new int[site.Units];
        KeepAll(isTraining: false);
    }

    public UnitSite Site { get; }

    public int Count { get; private set; }

    /// <summary>Floats of a row that holds the kept units alone, one block of the site's area after another.</summary>
    public int Features => Count * Site.Area;

    public bool IsAll => Count == Site.Units;

    /// <summary>What kept activations are multiplied by: 1 in a full replica.</summary>
    public float Scale { get; private set; }

    /// <summary>
    /// Kept units; empty when all are, which products read as "every one". Empty too when none is: only
    /// <see cref="Count"/> tells these apart.
    /// </summary>
    public ReadOnlySpan<int> Picks => IsAll ? [] : _indices.AsSpan(0, Count);

    /// <summary>Kept units, always listed.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>The kept units of a row [units, group] into <paramref name="kept"/> [kept units, group].</summary>
    public void Gather(ReadOnlySpan<float> row, Span<float> kept)
    {
        if (IsAll)
        {
            row.CopyTo(kept);
            return;
        }

        var group = row.Length / Site.Units;
        if (group == 1)
        {
            for (var i = 0; i < Count; i++) kept[i] = row[_indices[i]];
            return;
        }

        for (var i = 0; i < Count; i++) row.Slice(_indices[i] * group, group).CopyTo(kept[(i * group)..]);
    }

    /// <summary>The reverse: into the kept units of a row [units, group], whose others stay as they are.</summary>
    public void Scatter(ReadOnlySpan<float> kept, Span<float> row)
    {
        if (IsAll)
        {
            kept[..row.Length].CopyTo(row);
            return;
        }

        var group = row.Length / Site.Units;
        if (group == 1)
        {
            for (var i = 0; i < Count; i++) row[_indices[i]] = kept[i];
            return;
        }

        for (var i = 0; i < Count; i++) kept.Slice(i * group, group).CopyTo(row[(_indices[i] * group)..]);
    }

    internal void KeepAll(bool isTraining)
    {
        for (var unit = 0; unit < _indices.Length; unit++) _indices[unit] = unit;
        Count = _indices.Length;
        Scale = isTraining || Site.Rate == 0 ? 1f : Site.InferenceScale;
    }

    /// <summary>
    /// Keeps what any of <paramref name="count"/> shards from <paramref name="first"/> on does: each mask keeps each unit
    /// with probability 1 - rate, independently (Srivastava et al. 2014, section 4).
    /// </summary>
    internal void Draw(MaskRule rule, long step, int first, int count)
    {
        if (Site.Rate == 0)
        {
            KeepAll(isTraining: true);
            return;
        }

        Count = 0;
        Span<float> numbers = stackalloc float[Chunk];
        Span<bool> isKept = stackalloc bool[Chunk];
        for (var unit = 0; unit < Site.Units; unit += Chunk)
        {
            var some = numbers[..Math.Min(Chunk, Site.Units - unit)];
            isKept.Clear();
            for (var shard = first; shard < first + count; shard++)
            {
                rule.Stream(step, shard, Site.MaskIndex).FillUniform(some, 0f, 1f, unit);
                for (var i = 0; i < some.Length; i++) isKept[i] |= some[i] >= Site.Rate;
            }

            for (var i = 0; i < some.Length; i++)
                if (isKept[i])
                    _indices[Count++] = unit + i;
        }

        Scale = Site.Scale;
    }

    /// <summary>Keeps what <paramref name="other"/> keeps, too.</summary>
    internal void Unite(KeptUnits other)
    {
        if (IsAll) return;
        if (other.IsAll)
        {
            for (var unit = 0; unit < _indices.Length; unit++) _indices[unit] = unit;
            Count = _indices.Length;
            return;
        }

        var both = Site.Units <= Chunk ? stackalloc bool[Site.Units] : new bool[Site.Units];
        foreach (var unit in Indices) both[unit] = true;
        foreach (var unit in other.Indices) both[unit] = true;
        Count = 0;
        for (var unit = 0; unit < both.Length; unit++)
            if (both[unit])
                _indices[Count++] = unit;
    }

    internal void Set(ReadOnlySpan<int> kept)
    {
        kept.CopyTo(_indices);
        Count = kept.Length;
        Scale = Site.Scale;
    }
}
