using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataRandomTests
{
    [Fact]
    public void Uniform_ManyDraws_HasTheMomentsOfAnEvenDraw()
    {
        var random = new DataRandom(1, 2);
        var draws = Enumerable.Range(0, 20_000).Select(_ => random.Uniform()).ToArray();
        Assert.InRange(draws.Average(), 0.49, 0.51);
        Assert.InRange(draws.Average(u => u * u), 0.323, 0.343);
        Assert.All(draws, u => Assert.InRange(u, 0, 0.9999999999999999));
    }

    [Fact]
    public void Bell_ManyDraws_HasMeanZeroAndDeviationOne()
    {
        var random = new DataRandom(1, 2);
        var draws = Enumerable.Range(0, 20_000).Select(_ => random.Bell()).ToArray();
        Assert.InRange(draws.Average(), -0.03, 0.03);
        Assert.InRange(draws.Average(z => z * z), 0.96, 1.04);
    }

    [Fact]
    public void Below_ManyDraws_ReachesEachNumberEvenly()
    {
        var random = new DataRandom(1, 2);
        var counts = new int[7];
        for (var i = 0; i < 7000; i++) counts[random.Below(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 870, 1130));
    }

    [Fact]
    public void Next_NeighbouringStreams_ShareNoDraws()
    {
        var draws = new HashSet<ulong>();
        for (ulong stream = 0; stream < 100; stream++)
        {
            var random = new DataRandom(1, stream);
            for (var draw = 0; draw < 100; draw++) draws.Add(random.Next());
        }
        Assert.Equal(10_000, draws.Count);
    }
}
