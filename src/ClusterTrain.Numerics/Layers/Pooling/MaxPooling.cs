using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>
/// Max pooling over maps [count, height, width]. The first of equals wins, NaN wins over every number (the last one of
/// several), as in PyTorch; backward goes to the winner alone. Comparisons only, so no width can give other bits.
/// </summary>
internal sealed unsafe class MaxPooling(MapShape map, Window window)
{
    private readonly int _height = window.Places(map.Height);
    private readonly int _width = window.Places(map.Width);
    private readonly bool _isPaired = window is { Size: 2, Stride: 2 } && PairPooling.IsSupported;

    /// <param name="maps">[count, height, width], and a few floats behind that may be read.</param>
    /// <param name="pooled">[count, pooled height, pooled width], and a few floats behind that may be written.</param>
    /// <param name="winners">As <paramref name="pooled"/>: the winner's place in its window, row by row.</param>
    public void Forward(ReadOnlySpan<float> maps, int count, Span<float> pooled, Span<int> winners) =>
        Forward(_isPaired, maps, count, pooled, winners);

    /// <summary>Writes the gradient of the maps: what arrives at each pooled position, added from +0 at its winner.</summary>
    /// <param name="dy">[count, pooled height, pooled width], and a few floats behind that may be read; so for winners.</param>
    /// <param name="dx">[count, height, width], and a few floats behind that may be written.</param>
    public void Backward(ReadOnlySpan<float> dy, int count, ReadOnlySpan<int> winners, Span<float> dx) =>
        Backward(_isPaired, dy, count, winners, dx);

    internal void Forward(bool inPairs, ReadOnlySpan<float> maps, int count, Span<float> pooled, Span<int> winners)
    {
        fixed (float* from = maps, to = pooled)
        fixed (int* won = winners)
        {
            for (var row = 0; row < count * _height; row++)
            {
                var (index, y) = Math.DivRem(row, _height);
                var source = from + ((nint)index * map.Area) + (y * window.Stride * map.Width);
                if (inPairs)
                    PairPooling.ForwardRow(source, map.Width, _width, to + ((nint)row * _width), won + ((nint)row * _width));
                else
                    ForwardRow(source, to + ((nint)row * _width), won + ((nint)row * _width));
            }
        }
    }

    internal void Backward(bool inPairs, ReadOnlySpan<float> dy, int count, ReadOnlySpan<int> winners, Span<float> dx)
    {
        fixed (float* from = dy, to = dx)
        fixed (int* won = winners)
        {
            for (var index = 0; index < count; index++)
            {
                var first = (nint)index * _height * _width;
                var target = to + ((nint)index * map.Area);
                if (!inPairs) new Span<float>(target, map.Area).Clear();
                for (var y = 0; y < _height; y++)
                {
                    var row = target + (y * window.Stride * map.Width);
                    var place = first + (y * _width);
                    if (inPairs) PairPooling.BackwardRow(from + place, won + place, _width, row, map.Width);
                    else BackwardRow(from + place, won + place, row);
                }

                if (inPairs) new Span<float>(target + (2 * _height * map.Width), (map.Height - (2 * _height)) * map.Width).Clear();
            }
        }
    }

    private void ForwardRow(float* source, float* pooled, int* winners)
    {
        for (var x = 0; x < _width; x++)
        {
            var corner = source + (x * window.Stride);
            var (best, winner) = (*corner, 0);
            for (var i = 1; i < window.Area; i++)
            {
                var value = corner[(i / window.Size * map.Width) + (i % window.Size)];
                if (!(value > best) && !float.IsNaN(value)) continue;
                (best, winner) = (value, i);
            }

            (pooled[x], winners[x]) = (best, winner);
        }
    }

    private void BackwardRow(float* dy, int* winners, float* target)
    {
        for (var x = 0; x < _width; x++)
        {
            var (row, column) = Math.DivRem(winners[x], window.Size);
            target[(row * map.Width) + (x * window.Stride) + column] += dy[x];
        }
    }
}
