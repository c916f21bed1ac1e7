using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Thinning;

/// <summary>
/// Dropout with a mask of its own for every row: factors 0 or 1 / (1 - rate) that multiply a full network's
/// activations. Nothing can be cut out, so it costs as much as the full network. Reusable, refilled in place.
/// </summary>
public sealed class ExampleMasks
{
    private readonly AlignedBuffer?[] _factors;

    /// <param name="network">Sites and rates.</param>
    /// <param name="maxBatch">Most rows of any batch.</param>
    public ExampleMasks(Network network, int maxBatch) =>
        _factors = [.. network.Sites.Select(site => site is { Rate: > 0, IsScaledLater: false } ? new AlignedBuffer(maxBatch * site.Units) : null)];

    /// <summary>Draws the masks of (seed, step, shard) for <paramref name="batch"/> rows.</summary>
    /// <param name="copies">Versions of each row, all first ones before all second ones: they have the same mask.</param>
    public void Draw(Network network, long seed, long step, int shard, int batch, int copies = 1)
    {
        foreach (var site in network.Sites)
        {
            if (_factors[site.Index] is not { } buffer) continue;
            var factors = buffer.Span[..(batch * site.Units)];
            new RandomStream(seed, RandomPurpose.ExampleMask, step, shard, site.MaskIndex).FillUniform(factors, 0f, 1f);
            foreach (ref var factor in factors) factor = factor >= site.Rate ? site.Scale : 0f;
            for (var copy = 1; copy < copies; copy++) factors.CopyTo(buffer.Span[(copy * factors.Length)..]);
        }
    }

    /// <summary>Multiplies activations [batch, units, area], or their gradient, by the factors of their row and unit.</summary>
    public void Apply(UnitSite site, Span<float> values)
    {
        if (_factors[site.Index] is not { } buffer) return;
        var factors = buffer.Span;
        if (site.Area == 1)
        {
            for (var i = 0; i < values.Length; i++) values[i] *= factors[i];
            return;
        }

        for (var unit = 0; unit < values.Length / site.Area; unit++)
            VectorOps.Scale(values.Slice(unit * site.Area, site.Area), factors[unit]);
    }
}
