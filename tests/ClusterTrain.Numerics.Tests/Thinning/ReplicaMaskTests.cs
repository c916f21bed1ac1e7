using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

public sealed class ReplicaMaskTests
{
    private static readonly Network Mlp = Sample.Mlp([(200, 0.2), (128, 0.5), (64, 0.3), (32, 0)], 10);

    [Fact]
    public void Draw_ManySteps_KeepsCountsWithinBinomialBounds()
    {
        const int Draws = 400;
        var mask = new ReplicaMask(Mlp);
        var totals = new long[Mlp.Sites.Length];
        for (var step = 0; step < Draws; step++)
        {
            mask.Draw(1, step, 3);
            foreach (var site in Mlp.Sites)
            {
                var spread = 6 * Math.Sqrt(site.Units * site.Rate * (1 - site.Rate));
                Assert.InRange(
                    mask[site].Count, (site.Units * (1 - site.Rate)) - spread, (site.Units * (1 - site.Rate)) + spread);
                totals[site.Index] += mask[site].Count;
            }
        }

        foreach (var site in Mlp.Sites)
        {
            var n = (double)Draws * site.Units;
            var spread = 4 * Math.Sqrt(n * site.Rate * (1 - site.Rate));
            Assert.InRange(totals[site.Index], (n * (1 - site.Rate)) - spread, (n * (1 - site.Rate)) + spread);
        }
    }

    [Fact]
    public void Draw_ManySteps_KeepsEachUnitAsOftenAsTheOthers()
    {
        const int Draws = 2000;
        var site = Mlp.Sites[1];
        var counts = new int[site.Units];
        var mask = new ReplicaMask(Mlp);
        for (var step = 0; step < Draws; step++)
        {
            foreach (var unit in mask.Draw(1, step, 0)[site].Indices)
                counts[unit]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 1000 - (5 * Math.Sqrt(500)), 1000 + (5 * Math.Sqrt(500))));
    }

    [Fact]
    public void Draw_AnyStep_ListsKeptUnitsAscendingAndScalesThem()
    {
        var mask = new ReplicaMask(Mlp);
        for (var step = 0; step < 50; step++)
        {
            mask.Draw(2, step, 0);
            foreach (var site in Mlp.Sites)
            {
                var kept = mask[site].Indices.ToArray();
                Assert.Equal(kept.Distinct().Order(), kept);
                Assert.All(kept, unit => Assert.InRange(unit, 0, site.Units - 1));
                Assert.Equal((float)(1 / (1 - site.Rate)), mask[site].Scale);
            }

            Assert.False(mask.IsFull);
        }
    }

    [Fact]
    public void Draw_SameKey_IsTheSameMask_WhateverWasDrawnBefore()
    {
        var used = new ReplicaMask(Mlp).Draw(9, 9, 9).Fill().Draw(1, 7, 2);

        Assert.Equal(Kept(new ReplicaMask(Mlp).Draw(1, 7, 2)), Kept(used));
    }

    [Fact]
    public void Draw_OtherSeedStepOrShard_IsAnotherMaskAtEverySite()
    {
        var masks = new[] { (1, 7, 2), (2, 7, 2), (1, 8, 2), (1, 7, 3) }
            .Select(key => Kept(new ReplicaMask(Mlp).Draw(key.Item1, key.Item2, key.Item3))).ToArray();

        for (var site = 0; site < 3; site++)
            Assert.Equal(masks.Length, masks.Select(mask => string.Join(' ', mask[site])).Distinct().Count());
    }

    // More units than are drawn at once, among them.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(3, 5)]
    public void DrawUnion_SeveralShards_KeepsWhatAnyOfTheirMasksKeeps(int first, int count)
    {
        var network = Sample.Mlp([(300, 0.7), (128, 0.5), (8, 0)], 10);
        var masks = Enumerable.Range(first, count).Select(shard => Kept(new ReplicaMask(network).Draw(1, 7, shard))).ToList();

        var union = new ReplicaMask(network).DrawUnion(new MaskRule(1), 7, first, count);

        foreach (var site in network.Sites)
            Assert.Equal(masks.SelectMany(mask => mask[site.Index]).Distinct().Order(), union[site].Indices.ToArray());
        Assert.Equal(new ReplicaMask(network).Set(Kept(union)).ParameterCount, union.ParameterCount);
    }

    [Fact]
    public void Draw_SitesOfOneSizeAndRate_HaveMasksOfTheirOwn()
    {
        var network = Sample.Mlp([(64, 0.5), (64, 0.5), (64, 0.5)], 4);
        var kept = Kept(new ReplicaMask(network).Draw(1, 1, 1));

        Assert.Equal(3, kept.Take(3).Select(units => string.Join(' ', units)).Distinct().Count());
    }

    [Fact]
    public void Set_KeptUnits_LaysTheirParametersOutStageByStage()
    {
        var network = Sample.Mlp([(5, 0.2), (4, 0.5), (3, 0)], 2);
        var mask = new ReplicaMask(network).Set([[0, 2, 4], [1, 3], [0, 1, 2], [0, 1]]);
        var (first, second, third) = (network.Stages[0], network.Stages[1], network.Stages[2]);

        Assert.Equal([6, 6, 6], network.Stages.Select(mask.WeightLength));
        Assert.Equal([0, 6 + 2, 6 + 2 + 6 + 3], new[] { first, second, third }.Select(mask.WeightOffset));
        Assert.Equal(6 + 2 + 6 + 3 + 6 + 2, mask.ParameterCount);
        Assert.Throws<ArgumentException>(() => mask.WeightOffset(Sample.Mlp([(5, 0)], 2).Stages[0]));
    }

    [Fact]
    public void Fill_AfterADraw_IsTheWholeUnscaledNetwork()
    {
        var mask = new ReplicaMask(Mlp).Draw(1, 1, 1).Fill();

        Assert.True(mask.IsFull);
        Assert.Equal(Mlp.ParameterCount, mask.ParameterCount);
        Assert.All(Mlp.Sites, site => Assert.Equal((site.Units, 1f), (mask[site].Count, mask[site].Scale)));
    }

    [Fact]
    public void Set_EverythingKeptUnderDropout_IsStillScaledAndNotFull() =>
        Assert.False(new ReplicaMask(Sample.Mlp([(2, 0.5)], 2)).Set([[0, 1], [0, 1]]).IsFull);

    private static int[][] Kept(ReplicaMask mask) =>
        [.. mask.Network.Sites.Select(site => mask[site].Indices.ToArray())];
}
