using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Layers.Convolution;

/// <summary>A convolution element by element in single precision, each sum in the order that is promised.</summary>
internal sealed class PlainConvolution(ConvStage stage, float[] parameters, float[] x, int batch)
{
    private readonly int _outputs = stage.Convolved.Channels;
    private readonly int _area = stage.Convolved.Area;
    private readonly int _taps = stage.Weight.Columns;

    /// <summary>[batch, out, height, width]: one chain over (in, v, u), then bias and ReLU.</summary>
    public float[] Forward() => Each(batch * _outputs * _area, index =>
    {
        var (image, o, position) = (index / _area / _outputs, index / _area % _outputs, index % _area);
        var sum = 0f;
        for (var tap = 0; tap < _taps; tap++) sum = MathF.FusedMultiplyAdd(Weight(o, tap), X(image, tap, position), sum);
        return Math.Max(sum + parameters[stage.Bias.Offset + o], 0f);
    });

    /// <summary>[out, in, v, u]: one chain over (image, y, x).</summary>
    public float[] WeightGradient(float[] dz) => Each(_outputs * _taps, index =>
    {
        var (o, tap) = Math.DivRem(index, _taps);
        var sum = 0f;
        for (var image = 0; image < batch; image++)
            for (var position = 0; position < _area; position++)
                sum = MathF.FusedMultiplyAdd(dz[(((image * _outputs) + o) * _area) + position], X(image, tap, position), sum);
        return sum;
    });

    /// <summary>[out]: sixteen chains over (image, position), then a tree.</summary>
    public float[] BiasGradient(float[] dz) => Each(_outputs, o =>
    {
        var lanes = new float[16];
        for (var image = 0; image < batch; image++)
            for (var position = 0; position < _area; position++)
                lanes[position % 16] += dz[(((image * _outputs) + o) * _area) + position];
        while (lanes.Length > 1) lanes = Each(lanes.Length / 2, lane => lanes[lane] + lanes[lane + (lanes.Length / 2)]);
        return lanes[0];
    });

    /// <summary>[in, v, u, batch, y, x]: chains over out.</summary>
    public float[] ColumnGradient(float[] dz) => Each(_taps * batch * _area, index =>
    {
        var (tap, image, position) = (index / _area / batch, index / _area % batch, index % _area);
        var sum = 0f;
        for (var o = 0; o < _outputs; o++)
            sum = MathF.FusedMultiplyAdd(Weight(o, tap), dz[(((image * _outputs) + o) * _area) + position], sum);
        return sum;
    });

    /// <summary>[batch, in, height, width]: the columns' gradients added over (v, u).</summary>
    public float[] InputGradient(float[] dz)
    {
        var (columns, kernel, dx) = (ColumnGradient(dz), stage.Kernel, new float[x.Length]);
        for (var image = 0; image < batch; image++)
            for (var tap = 0; tap < _taps; tap++)
                for (var position = 0; position < _area; position++)
                    if (Index(image, tap, position) is { } index)
                        dx[index] += columns[(((tap * batch) + image) * _area) + position];
        Assert.Equal(_taps, stage.Map.Channels * kernel.Area);
        return dx;
    }

    private float Weight(int o, int tap) => parameters[stage.Weight.Offset + (o * _taps) + tap];

    private float X(int image, int tap, int position) => Index(image, tap, position) is { } index ? x[index] : 0f;

    private int? Index(int image, int tap, int position)
    {
        var (map, kernel) = (stage.Map, stage.Kernel);
        var y = (position / stage.Convolved.Width * kernel.Stride) + (tap % kernel.Area / kernel.Size) - kernel.Padding;
        var column = (position % stage.Convolved.Width * kernel.Stride) + (tap % kernel.Size) - kernel.Padding;
        return y < 0 || y >= map.Height || column < 0 || column >= map.Width
            ? null
            : (((((image * map.Channels) + (tap / kernel.Area)) * map.Height) + y) * map.Width) + column;
    }

    private static float[] Each(int count, Func<int, float> element) => [.. Enumerable.Range(0, count).Select(element)];
}
