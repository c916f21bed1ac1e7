using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Reduction;

public sealed class ReductionTreeTests
{
    private static readonly Network Thinned = TinyRuns.Context("fused").Plan.Network;
    private static readonly Network Starved = TinyRuns.Context("starved").Plan.Network;

    public static TheoryData<int> ShardCounts() => [.. Enumerable.Range(1, 17)];

    [Theory]
    [MemberData(nameof(ShardCounts))]
    public void SumRow_AnyMasksOfferedInAnyOrder_IsTheNaivePairwiseSum(int shards)
    {
        foreach (var network in (Network[])[Thinned, Starved])
        {
            for (var step = 0; step < 4; step++)
            {
                var random = new Random((shards * 10) + step);
                var gradients = Enumerable.Range(0, shards).Select(shard => RandomGradients.Make(network, step, shard, random)).ToArray();
                var tree = new ReductionTree(network, shards);
                foreach (var shard in Enumerable.Range(0, shards).OrderBy(_ => random.Next())) Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(shard, gradients[shard]));

                AssertSum(RandomGradients.NaiveSum([.. gradients.Select(gradient => RandomGradients.Dense(network, gradient))]), tree, network);
            }
        }
    }

    [Fact]
    public void SumRow_TreeUsedAgain_ForgetsTheStepBefore()
    {
        var tree = new ReductionTree(Thinned, 3);
        for (var step = 0; step < 3; step++)
        {
            var random = new Random(step);
            var gradients = Enumerable.Range(0, 3).Select(shard => RandomGradients.Make(Thinned, step, shard, random)).ToArray();
            for (var shard = 0; shard < 3; shard++) tree.Offer(shard, gradients[shard]);
            AssertSum(RandomGradients.NaiveSum([.. gradients.Select(gradient => RandomGradients.Dense(Thinned, gradient))]), tree, Thinned);

            var released = new List<ShardGradient>();
            tree.Clear(released.Add);
            Assert.Equal(gradients, released);
            Assert.Equal((0, false), (tree.Count, tree.IsComplete));
        }
    }

    [Fact]
    public void Offer_ShardThatIsThere_IsRefusedAndChangesNothing()
    {
        var tree = new ReductionTree(Thinned, 2);
        var first = RandomGradients.Make(Thinned, 0, 0, new Random(1));

        Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(0, first));
        Assert.Equal(ReductionTree.Verdict.Known, tree.Offer(0, RandomGradients.Make(Thinned, 0, 0, new Random(2))));

        Assert.Same(first, tree[0]);
        Assert.Null(tree[1]);
        Assert.Equal((1, false), (tree.Count, tree.IsComplete));
        Assert.Equal(ReductionTree.Verdict.Taken, tree.Offer(1, RandomGradients.Make(Thinned, 0, 1, new Random(3))));
        Assert.True(tree.IsComplete);
    }

    // One shard alone is passed on as it is; with others, dropped ones count as +0, and -0 + +0 is +0.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void SumRow_NegativeZeroThatOthersDropped_IsWhatDenseAdditionMakesOfIt(int shards, bool isNegative)
    {
        var tree = new ReductionTree(Thinned, shards);
        for (var shard = 0; shard < shards; shard++)
        {
            var gradient = new ShardGradient(Thinned);
            if (shard == 0) gradient.Mask.Fill();
            else gradient.Mask.Set([.. Thinned.Sites.Select(site => site.Rate > 0 ? Array.Empty<int>() : [.. Enumerable.Range(0, site.Units)])]);
            gradient.Values.Fill(-0f);
            tree.Offer(shard, gradient);
        }

        tree.Seal();
        foreach (var value in Row(tree, 0, 5, 12)) Assert.Equal((0f, isNegative), (value, float.IsNegative(value)));
    }

    [Fact]
    public void SumLosses_FiveShards_AreAddedAsTheTreeIs()
    {
        double[] losses = [1e16, 1, -1e16, 3, 0.5];
        var tree = new ReductionTree(Thinned, 5);
        for (var shard = 4; shard >= 0; shard--)
            tree.Offer(shard, new ShardGradient(Thinned) { Loss = losses[shard], Correct = shard });

        Assert.Equal(((1e16 + 1) + (-1e16 + 3)) + 0.5, tree.SumLosses());
        Assert.Equal(10, tree.CountCorrect());
    }

    internal static void AssertSum(float[] expected, ReductionTree tree, Network network)
    {
        tree.Seal();
        for (var index = 0; index < network.Stages.Length; index++)
        {
            var stage = network.Stages[index];
            for (var row = 0; row < stage.Weight.Rows; row++)
                AssertBits(expected, stage.Weight.Offset + (row * stage.Weight.Columns), Row(tree, index, row, stage.Weight.Columns));
            AssertBits(expected, stage.Bias.Offset, Row(tree, index, -1, stage.Bias.Columns));
        }
    }

    private static void AssertBits(float[] expected, int offset, float[] actual) => Assert.Equal(
        expected.AsSpan(offset, actual.Length).ToArray().Select(BitConverter.SingleToInt32Bits),
        actual.Select(BitConverter.SingleToInt32Bits));

    private static float[] Row(ReductionTree tree, int stage, int row, int columns)
    {
        var buffers = Enumerable.Range(0, tree.RowBuffers).Select(_ => Enumerable.Repeat(7f, 64).ToArray()).ToArray();
        tree.SumRow(stage, row, buffers, columns);
        var fast = buffers[0][..columns];
        tree.SumRow(stage, row, buffers, columns, portable: true);
        Assert.Equal(
            buffers[0][..columns].Select(BitConverter.SingleToInt32Bits), fast.Select(BitConverter.SingleToInt32Bits));
        return fast;
    }
}
