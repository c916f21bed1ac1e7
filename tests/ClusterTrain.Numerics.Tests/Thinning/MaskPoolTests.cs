using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

public sealed class MaskPoolTests
{
    private const int Pool = 5;
    private static readonly Network Mlp = Sample.Mlp([(200, 0.2), (128, 0.5), (64, 0.3), (32, 0)], 10);
    private static readonly MaskRule Rule = new(9, Pool);

    [Fact]
    public void Draw_ManyShards_GivesExactlyThePoolsMasks()
    {
        var pool = Enumerable.Range(0, Pool).Select(index => Text(new ReplicaMask(Mlp).DrawPooled(9, index))).ToList();
        var drawn = Shards().Select(at => Text(new ReplicaMask(Mlp).Draw(Rule, at.Step, at.Shard))).ToList();

        Assert.Equal(Pool, pool.Distinct().Count());
        Assert.Equal(pool.Order(), drawn.Distinct().Order());
    }

    [Fact]
    public void Choice_ManyShards_TakesEachSubNetworkAboutAsOften()
    {
        var counts = Shards().GroupBy(at => Rule.Choice(at.Step, at.Shard)).ToDictionary(group => group.Key, group => group.Count());

        var expected = Shards().Count() / (double)Pool;
        Assert.All(counts, pair => Assert.InRange(pair.Value, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected))));
        Assert.Equal(Enumerable.Range(0, Pool), counts.Keys.Order());
    }

    [Fact]
    public void Draw_ManyMasks_KeepCountsWithinBinomialBounds()
    {
        const int Masks = 400;
        var mask = new ReplicaMask(Mlp);
        foreach (var site in Mlp.Sites)
        {
            var kept = Enumerable.Range(0, Masks).Sum(index => (long)mask.DrawPooled(3, index)[site].Count);
            var n = (double)Masks * site.Units;
            var spread = 4 * Math.Sqrt(n * site.Rate * (1 - site.Rate));
            Assert.InRange(kept, (n * (1 - site.Rate)) - spread, (n * (1 - site.Rate)) + spread);
        }
    }

    [Fact]
    public void DrawUnion_ShardsOfAPool_KeepsWhatAnyOfTheirMasksKeeps()
    {
        var union = new ReplicaMask(Mlp).DrawUnion(Rule, 4, 2, 3);
        var united = new ReplicaMask(Mlp).Draw(Rule, 4, 2);
        for (var shard = 3; shard < 5; shard++) united.Unite(new ReplicaMask(Mlp).Draw(Rule, 4, shard));

        Assert.Equal(Text(united), Text(union));
    }

    [Fact]
    public void DrawPooled_OtherSeed_IsAnotherMask() =>
        Assert.NotEqual(Text(new ReplicaMask(Mlp).DrawPooled(1, 0)), Text(new ReplicaMask(Mlp).DrawPooled(2, 0)));

    private static IEnumerable<(long Step, int Shard)> Shards() =>
        from step in Enumerable.Range(0, 200) from shard in Enumerable.Range(0, 8) select ((long)step, shard);

    private static string Text(ReplicaMask mask) =>
        string.Join('|', Mlp.Sites.Select(site => string.Join(',', mask[site].Indices.ToArray())));
}
