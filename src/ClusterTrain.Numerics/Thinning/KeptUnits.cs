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
        KeepAll();
    }

    public UnitSite Site { get; }

    public int Count { get; private set; }

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

    internal void KeepAll()
    {
        for (var unit = 0; unit < _indices.Length; unit++) _indices[unit] = unit;
        Count = _indices.Length;
        Scale = 1f;
    }

    /// <summary>Keeps each unit with probability 1 - rate, independently (Srivastava et al. 2014, section 4).</summary>
    internal void Draw(RandomStream stream)
    {
        if (Site.Rate == 0)
        {
            KeepAll();
            return;
        }

        Count = 0;
        Span<float> numbers = stackalloc float[Chunk];
        for (var first = 0; first < Site.Units; first += Chunk)
        {
            var some = numbers[..Math.Min(Chunk, Site.Units - first)];
            stream.FillUniform(some, 0f, 1f, first);
            for (var i = 0; i < some.Length; i++)
                if (some[i] >= Site.Rate)
                    _indices[Count++] = first + i;
        }

        Scale = Site.Scale;
    }

    internal void Set(ReadOnlySpan<int> kept)
    {
        kept.CopyTo(_indices);
        Count = kept.Length;
        Scale = Site.Scale;
    }
}
