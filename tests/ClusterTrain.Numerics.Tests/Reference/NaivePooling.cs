using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The definition of max pooling: which position of each block is the largest.</summary>
internal static class NaivePooling
{
    /// <summary>Indices into maps [batch, channels, height, width], one a pooled position.</summary>
    public static int[] Winners(MapShape map, Window pool, MapShape pooled, double[] maps, int batch)
    {
        var winners = new List<int>();
        for (var index = 0; index < batch * pooled.Channels; index++)
        {
            for (var position = 0; position < pooled.Area; position++)
            {
                var (row, column) = Math.DivRem(position, pooled.Width);
                var block =
                    from v in Enumerable.Range(0, pool.Size)
                    from u in Enumerable.Range(0, pool.Size)
                    select (index * map.Area) + (((row * pool.Stride) + v) * map.Width) + (column * pool.Stride) + u;
                winners.Add(block.MaxBy(place => maps[place]));
            }
        }

        return [.. winners];
    }

    /// <summary>The mean of each block, or of each whole map.</summary>
    public static double[] Averages(AveragePoolStage stage, double[] maps, int batch) =>
        [.. Blocks(stage, batch).Select(block => block.Average(place => maps[place]))];

    /// <summary>Gradient of the maps under <see cref="Averages"/>.</summary>
    public static double[] AveragesBackward(AveragePoolStage stage, double[] dy, int batch)
    {
        var dx = new double[batch * stage.Map.Features];
        foreach (var (index, block) in Blocks(stage, batch).Index())
            foreach (var place in block)
                dx[place] += dy[index] / block.Length;
        return dx;
    }

    private static IEnumerable<int[]> Blocks(AveragePoolStage stage, int batch)
    {
        var map = stage.Map;
        for (var index = 0; index < batch * map.Channels; index++)
        {
            var first = index * map.Area;
            if (stage.Pool is not { } pool)
            {
                yield return [.. Enumerable.Range(first, map.Area)];
                continue;
            }

            for (var position = 0; position < stage.Pooled.Area; position++)
            {
                var (row, column) = Math.DivRem(position, stage.Pooled.Width);
                yield return
                [
                    .. from v in Enumerable.Range(0, pool.Size)
                       from u in Enumerable.Range(0, pool.Size)
                       select first + (((row * pool.Stride) + v) * map.Width) + (column * pool.Stride) + u,
                ];
            }
        }
    }
}
