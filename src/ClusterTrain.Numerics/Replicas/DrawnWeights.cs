using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>
/// A stage's cut-out weights with DropConnect (Wan et al. 2013, inverted: kept ones over 1 - rate) and Gaussian noise (Murray
/// and Edwards 1994) of one shard, as a copy. Both are drawn place by place of the cut-out weight.
/// </summary>
internal sealed class DrawnWeights(Stage stage)
{
    private readonly AlignedBuffer _weights = new(stage.Weight.Length);
    private readonly AlignedBuffer _factors = new(stage.WeightRate > 0 ? stage.Weight.Length : 0);
    private int _length;

    /// <param name="full">The stage's whole weight [out, in].</param>
    /// <param name="rows">Kept outputs.</param>
    /// <param name="columns">Kept inputs, of which each has as many columns as the stage's group.</param>
    /// <param name="draw">Which shard.</param>
    public void Fill(ReadOnlySpan<float> full, KeptUnits rows, KeptUnits columns, WeightDraw draw)
    {
        var (width, kept) = (stage.Weight.Columns, columns.Count * stage.ColumnGroup);
        _length = rows.Count * kept;
        var weights = _weights.Span[.._length];
        var at = 0;
        foreach (var row in rows.Indices)
        {
            columns.Gather(full.Slice(row * width, width), weights.Slice(at, kept));
            at += kept;
        }

        if (draw.Noise > 0) AddNoise(weights, draw);
        if (stage.WeightRate > 0) Drop(weights, stage.WeightRate, draw);
    }

    /// <summary>[kept outputs, kept columns].</summary>
    public MatrixView Matrix(int rows, int columns) => new(_weights.Span[.._length], rows, columns);

    /// <summary>Backward of the drop: what a dropped weight did not do gives it no gradient.</summary>
    public void Backward(Span<float> gradient)
    {
        if (stage.WeightRate == 0) return;
        var factors = _factors.Span;
        for (var i = 0; i < _length; i++) gradient[i] *= factors[i];
    }

    private void AddNoise(Span<float> weights, WeightDraw draw)
    {
        var stream = new RandomStream(draw.Seed, RandomPurpose.WeightNoise, draw.Step, draw.Shard, stage.Index);
        for (var block = 0; 4 * block < weights.Length; block++)
        {
            var words = stream.Block((uint)block);
            var some = weights[(4 * block)..];
            Add(some, 0, words.Word0, draw.Noise);
            Add(some, 1, words.Word1, draw.Noise);
            Add(some, 2, words.Word2, draw.Noise);
            Add(some, 3, words.Word3, draw.Noise);
        }
    }

    private static void Add(Span<float> weights, int i, uint word, double noise)
    {
        if (i < weights.Length)
            weights[i] = (float)(weights[i] + (noise * FixedMath.InverseNormal((word + 0.5) / 4294967296.0)));
    }

    private void Drop(Span<float> weights, double rate, WeightDraw draw)
    {
        var factors = _factors.Span[..weights.Length];
        var scale = (float)(1 / (1 - rate));
        new RandomStream(draw.Seed, RandomPurpose.DropConnect, draw.Step, draw.Shard, stage.Index).FillUniform(factors, 0f, 1f);
        for (var i = 0; i < weights.Length; i++)
        {
            factors[i] = factors[i] >= rate ? scale : 0f;
            weights[i] *= factors[i];
        }
    }
}
