using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Layers.Pooling;

public sealed class MaxPoolingTests
{
    [Fact]
    public void Forward_Ties_TheFirstWins()
    {
        var (pooled, winners, dx) = Run(new MapShape(1, 2, 4), new Window(2, 2, 0), [3, 3, 0, 1, 3, 3, 1, 1], [5, 7]);

        Assert.Equal([3f, 1f], pooled);
        Assert.Equal([0, 1], winners);
        Assert.Equal([5f, 0, 0, 7, 0, 0, 0, 0], dx);
    }

    [Fact]
    public void Forward_ZeroesOfBothSigns_TheFirstWins() =>
        Assert.Equal([0, 0], Run(new MapShape(1, 2, 4), new Window(2, 2, 0), [0, -0f, -0f, 0, 0, -0f, -0f, 0], [1, 1]).Winners);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_NaN_GoesThroughAndTakesTheGradient(int place)
    {
        float[] map = [1, 2, 9, 4];
        map[place] = float.NaN;

        var (pooled, winners, dx) = Run(new MapShape(1, 2, 2), new Window(2, 2, 0), map, [6]);

        Assert.Equal([float.NaN], pooled);
        Assert.Equal([place], winners);
        Assert.Equal(6f, dx[place]);
        Assert.Equal(6f, dx.Sum());
    }

    [Fact]
    public void Forward_NegativeInfinityAlone_TheFirstWins() => Assert.Equal(
        [0], Run(new MapShape(1, 2, 2), new Window(2, 2, 0), [.. Enumerable.Repeat(float.NegativeInfinity, 4)], [1]).Winners);

    [Fact]
    public void Backward_OverlappingBlocks_AddUp()
    {
        var (pooled, _, dx) = Run(new MapShape(1, 3, 3), new Window(2, 1, 0), [0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 2, 4, 8]);

        Assert.Equal([9f, 9, 9, 9], pooled);
        Assert.Equal([0f, 0, 0, 0, 15, 0, 0, 0, 0], dx);
    }

    [Fact]
    public void Run_RandomMaps_BothPathsAreThePlainLoops()
    {
        var random = new Random(821);
        for (var i = 0; i < 300; i++)
        {
            var window = random.Next(3) > 0 ? new Window(2, 2, 0) : new Window(1 + random.Next(4), 1 + random.Next(4), 0);
            var map = new MapShape(1 + random.Next(5), window.Size + random.Next(40), window.Size + random.Next(40));
            var pooled = window.Over(map, map.Channels);

            // Few different values make ties; some are NaN or -0.
            float[] values = [-1, -0f, 0, 1, 2, float.NaN];
            float[] maps = [.. Enumerable.Range(0, map.Features).Select(_ => values[random.Next(i % 2 == 0 ? 5 : 6)])];
            float[] dy = [.. Sample.Values(random, pooled.Features, -1, 1).Select(value => random.Next(5) == 0 ? -0f : value)];
            Run(map, window, maps, dy);
        }
    }

    private static (float[] Pooled, int[] Winners, float[] Dx) Run(MapShape map, Window window, float[] maps, float[] dy)
    {
        var pooled = window.Over(map, map.Channels);
        var plain = Plain(map, window, maps, dy);
        bool[] paths = window is { Size: 2, Stride: 2 } && PairPooling.IsSupported ? [false, true] : [false];
        foreach (var inPairs in paths)
        {
            var pooling = new MaxPooling(map, window);
            var y = new float[pooled.Features + StageKernel.Slack];
            var (winners, dx) = (new int[y.Length], new float[map.Features + StageKernel.Slack]);
            Array.Fill(dx, 77f);
            Array.Fill(y, 77f);
            pooling.Forward(inPairs, Slacked(maps), map.Channels, y, winners);
            pooling.Backward(inPairs, Slacked(dy), map.Channels, winners, dx);
            Bits.AssertEqual(plain.Pooled, y.AsSpan(0, pooled.Features), $"{map} in {window}");
            Assert.Equal(plain.Winners, winners.Take(pooled.Features));
            Bits.AssertEqual(plain.Dx, dx.AsSpan(0, map.Features), $"gradient of {map} in {window}");
        }

        return plain;
    }

    private static float[] Slacked(float[] values) => [.. values, .. Enumerable.Repeat(55f, StageKernel.Slack)];

    private static (float[] Pooled, int[] Winners, float[] Dx) Plain(MapShape map, Window window, float[] maps, float[] dy)
    {
        var pooled = window.Over(map, map.Channels);
        var (y, winners, dx) = (new float[pooled.Features], new int[pooled.Features], new float[map.Features]);
        for (var i = 0; i < y.Length; i++)
        {
            var corner = (i / pooled.Area * map.Area) + (i % pooled.Area / pooled.Width * window.Stride * map.Width)
                + (i % pooled.Width * window.Stride);
            int Place(int tap) => corner + (tap / window.Size * map.Width) + (tap % window.Size);
            (y[i], winners[i]) = (float.NegativeInfinity, -1);
            for (var tap = 0; tap < window.Area; tap++)
                if (winners[i] < 0 || maps[Place(tap)] > y[i] || float.IsNaN(maps[Place(tap)]))
                    (y[i], winners[i]) = (maps[Place(tap)], tap);
            dx[Place(winners[i])] += dy[i];
        }

        return (y, winners, dx);
    }
}
