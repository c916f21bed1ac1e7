using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Reduction;

public sealed class BlockSumTests
{
    private static readonly RunPlan[] Plans = [TinyRuns.Context("fused").Plan, TinyRuns.Context("starved").Plan];

    public static TheoryData<int> ShardCounts() => [.. Enumerable.Range(1, 17)];

    // Whatever part of the shards each worker has, and in whatever order their blocks come.
    [Theory]
    [MemberData(nameof(ShardCounts))]
    public void Fold_ShardsDividedAtRandom_AreTheTreesSumToTheBit(int shards)
    {
        foreach (var plan in Plans)
        {
            for (var trial = 0; trial < 6; trial++)
            {
                var random = new Random((shards * 100) + trial);
                var buffers = new WorkBuffers(plan);
                var leaves = Enumerable.Range(0, shards).Select(shard => Rented(plan, buffers, trial, shard, random)).ToArray();
                var expected = RandomGradients.NaiveSum([.. leaves.Select(leaf => RandomGradients.Dense(plan.Network, leaf))]);
                var (losses, correct) = (leaves.Select(leaf => leaf.Loss).ToArray(), leaves.Sum(leaf => leaf.Correct));
                var blocks = new List<(int First, ShardGradient Block)>();
                var sum = new BlockSum(plan.Network, shards, buffers);
                for (var first = 0; first < shards;)
                {
                    var count = random.Next(1, shards - first + 1);
                    blocks.AddRange(sum.Fold(first, leaves[first..(first + count)]));
                    first += count;
                }

                Assert.All(blocks, block => Assert.True(BlockSum.IsBlock(block.First, block.Block.Shards, shards)));
                Assert.Equal(blocks.Count, buffers.Outstanding);
                var tree = new ReductionTree(plan.Network, shards);
                foreach (var (first, block) in blocks.OrderBy(_ => random.Next()))
                    Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(first, block));
                Assert.True(tree.IsComplete);
                ReductionTreeTests.AssertSum(expected, tree, plan.Network);
                Assert.Equal(NaiveLoss(losses), tree.SumLosses());
                Assert.Equal(correct, tree.CountCorrect());
            }
        }
    }

    // As neighbours bring theirs to each other: pair by pair, up to the whole.
    [Theory]
    [MemberData(nameof(ShardCounts))]
    public void Add_NeighboursUpToTheRoot_IsTheTreesSumToTheBit(int shards)
    {
        foreach (var plan in Plans)
        {
            var (random, buffers) = (new Random(shards), new WorkBuffers(plan));
            var leaves = Enumerable.Range(0, shards).Select(shard => Rented(plan, buffers, 1, shard, random)).ToList();
            var expected = RandomGradients.NaiveSum([.. leaves.Select(leaf => RandomGradients.Dense(plan.Network, leaf))]);
            var losses = leaves.Select(leaf => leaf.Loss).ToArray();
            var sum = new BlockSum(plan.Network, shards, buffers);
            while (leaves.Count > 1) leaves = [.. leaves.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : sum.Add(pair[0], pair[1]))];

            var tree = new ReductionTree(plan.Network, shards);
            tree.Offer(0, leaves[0]);
            ReductionTreeTests.AssertSum(expected, tree, plan.Network);
            Assert.Equal(NaiveLoss(losses), leaves[0].Loss);
            Assert.Equal((shards, 1), (leaves[0].Shards, buffers.Outstanding));
        }
    }

    [Theory]
    [InlineData(8, 0, 8, new[] { 8 })]
    [InlineData(8, 0, 4, new[] { 4 })]
    [InlineData(8, 3, 3, new[] { 1, 2 })]
    [InlineData(8, 1, 7, new[] { 1, 2, 4 })]
    [InlineData(5, 0, 5, new[] { 5 })]
    [InlineData(5, 4, 1, new[] { 1 })]
    [InlineData(6, 2, 4, new[] { 2, 2 })]
    [InlineData(7, 4, 3, new[] { 3 })]
    [InlineData(11, 3, 8, new[] { 1, 4, 3 })]
    public void Fold_Neighbours_GivesTheFewestBlocks(int shards, int first, int count, int[] expected)
    {
        var plan = Plans[0];
        var buffers = new WorkBuffers(plan);
        var leaves = Enumerable.Range(first, count).Select(shard => Rented(plan, buffers, 1, shard, new Random(shard))).ToArray();

        var blocks = new BlockSum(plan.Network, shards, buffers).Fold(first, leaves);

        Assert.Equal(expected, blocks.Select(block => block.Block.Shards));
        Assert.Equal(first, blocks[0].First);
    }

    [Fact]
    public void Fold_Blocks_AreNeverLargerThanTheWholeGradientNorThanTheirLeaves()
    {
        var plan = Plans[0];
        var buffers = new WorkBuffers(plan);
        var leaves = Enumerable.Range(0, 8).Select(shard => Rented(plan, buffers, 1, shard, new Random(shard))).ToArray();
        var apart = leaves.Sum(leaf => leaf.Values.Length);

        var block = Assert.Single(new BlockSum(plan.Network, 8, buffers).Fold(0, leaves)).Block;

        Assert.InRange(block.Values.Length, 1, Math.Min(apart, plan.Network.ParameterCount));
    }

    [Theory]
    [InlineData(0, 4, 8, true)]
    [InlineData(4, 4, 8, true)]
    [InlineData(2, 4, 8, false)]
    [InlineData(0, 3, 8, false)]
    [InlineData(4, 3, 7, true)]
    [InlineData(4, 1, 5, true)]
    [InlineData(0, 5, 5, true)]
    [InlineData(1, 4, 5, false)]
    [InlineData(-1, 1, 5, false)]
    [InlineData(5, 1, 5, false)]
    [InlineData(0, 0, 5, false)]
    [InlineData(0, int.MaxValue, 5, false)]
    public void IsBlock_FirstAndCount_AreANodeOfTheTreeOrNot(int first, int count, int shards, bool expected) =>
        Assert.Equal(expected, BlockSum.IsBlock(first, count, shards));

    [Fact]
    public void Offer_BlockOverShardsThatAreThere_TakesTheirPlaceOrIsCovered()
    {
        var plan = Plans[0];
        var tree = new ReductionTree(plan.Network, 4);
        var (one, three) = (Made(1, 1), Made(3, 1));
        tree.Offer(1, one);
        tree.Offer(3, three);
        List<ShardGradient> replaced = [];

        Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(0, Made(0, 2), replaced.Add));
        Assert.Equal([one], replaced);
        Assert.Equal(3, tree.Count);
        Assert.Equal(ReductionTree.Verdict.Covered, tree.Offer(1, Made(1, 1), replaced.Add));
        Assert.Equal(ReductionTree.Verdict.Known, tree.Offer(0, Made(0, 2), replaced.Add));
        Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(2, Made(2, 2), replaced.Add));
        Assert.Equal([one, three], replaced);
        Assert.True(tree.IsComplete);

        ShardGradient Made(int shard, int count)
        {
            var gradient = RandomGradients.Make(plan.Network, 0, shard, new Random(shard));
            gradient.Shards = count;
            return gradient;
        }
    }

    private static ShardGradient Rented(RunPlan plan, WorkBuffers buffers, int step, int shard, Random random)
    {
        var (made, rented) = (RandomGradients.Make(plan.Network, step, shard, random), buffers.RentGradient());
        rented.Mask.Set(made.Mask);
        made.Values.CopyTo(rented.Values);
        (rented.Loss, rented.Correct) = (random.NextDouble() * Math.ScaleB(1, random.Next(60)), shard);
        return rented;
    }

    private static double NaiveLoss(double[] level)
    {
        while (level.Length > 1) level = [.. level.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : pair[0] + pair[1])];
        return level[0];
    }
}
