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
}
