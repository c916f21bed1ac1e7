using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The definition of a convolution with its pooling, in double precision and plain loops.</summary>
internal sealed class NaiveConvolution(ConvStage stage, double[] parameters)
{
    private readonly MapShape _map = stage.Map;
    private readonly MapShape _out = stage.Convolved;

    /// <summary>x [batch, channels, height, width] to what is pooled, or not.</summary>
    public double[] Forward(double[] x, int batch)
    {
        var maps = Convolve(x, batch);
        if (stage.Pool is null) return maps;
        var winners = Winners(maps, batch);
        return [.. winners.Select(winner => maps[winner])];
    }

    /// <summary>Adds to the gradient of the parameters and gives that of x.</summary>
    public double[] Backward(double[] x, double[] dy, int batch, double[] gradient)
    {
        var (maps, dx) = (Convolve(x, batch), new double[x.Length]);
        var dz = new double[maps.Length];
        var winners = stage.Pool is null ? Enumerable.Range(0, maps.Length).ToArray() : Winners(maps, batch);
        for (var i = 0; i < winners.Length; i++)
            if (!stage.Relu || maps[winners[i]] > 0)
                dz[winners[i]] += dy[i];
        if (stage.HasBias) ForEachOutput(batch, (image, o, index) => gradient[stage.Bias.Offset + o] += dz[index]);
        ForEachProduct(batch, (from, weight, to) =>
        {
            gradient[weight] += dz[to] * x[from];
            dx[from] += dz[to] * parameters[weight];
        });
        return dx;
    }

    private double[] Convolve(double[] x, int batch)
    {
        var z = new double[batch * _out.Features];
        ForEachOutput(batch, (image, o, index) => z[index] = stage.HasBias ? parameters[stage.Bias.Offset + o] : 0);
        ForEachProduct(batch, (from, weight, to) => z[to] += x[from] * parameters[weight]);
        return stage.Relu ? [.. z.Select(value => Math.Max(value, 0))] : z;
    }

    private int[] Winners(double[] maps, int batch) =>
        NaivePooling.Winners(_out, stage.Pool!.Value, stage.Pooled, maps, batch);

    private void ForEachOutput(int batch, Action<int, int, int> visit)
    {
        for (var index = 0; index < batch * _out.Features; index++)
            visit(index / _out.Features, index / _out.Area % _out.Channels, index);
    }

    // Every (input, weight, output) that the definition multiplies.
    private void ForEachProduct(int batch, Action<int, int, int> visit) => ForEachOutput(batch, (image, o, index) =>
    {
        var (kernel, position) = (stage.Kernel, index % _out.Area);
        for (var tap = 0; tap < stage.Weight.Columns; tap++)
        {
            var (channel, v, u) = (tap / kernel.Area, tap % kernel.Area / kernel.Size, tap % kernel.Size);
            var y = (position / _out.Width * kernel.Stride) + v - kernel.Padding;
            var column = (position % _out.Width * kernel.Stride) + u - kernel.Padding;
            if (y < 0 || y >= _map.Height || column < 0 || column >= _map.Width) continue;
            visit(
                (((((image * _map.Channels) + channel) * _map.Height) + y) * _map.Width) + column,
                stage.Weight.Offset + (o * stage.Weight.Columns) + tap, index);
        }
    });
}
