using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Planning;

public sealed class EpochOrderTests
{
    [Theory]
    [InlineData(24, 4, 96)]
    [InlineData(20, 5, 80)]
    [InlineData(28, 7, 84)]
    public void Rows_OverAnEpoch_VisitEachUsedRowOnce(int batch, int shards, int used)
    {
        var plan = Plan(batch, shards);
        var order = new EpochOrder(plan);

        for (var epoch = 0; epoch < 3; epoch++)
        {
            var rows = EpochOf(order, plan, epoch);
            Assert.Equal(used, rows.Count);
            Assert.Equal(used, rows.Distinct().Count());
            Assert.All(rows, row => Assert.InRange(row, 0, 95));
        }
    }

    [Fact]
    public void Rows_OtherEpochOrSeed_ComeInAnotherOrder()
    {
        var plan = Plan(24, 4);
        var other = new RunPlan(plan.Spec with { Seed = 8 }, TinyRuns.Data);

        var first = EpochOf(new EpochOrder(plan), plan, 0);

        Assert.NotEqual(first, EpochOf(new EpochOrder(plan), plan, 1));
        Assert.NotEqual(first, EpochOf(new EpochOrder(other), other, 0));
    }

    [Fact]
    public void Rows_EpochsAskedInAnyOrder_AreThoseOfAFreshOrder()
    {
        var plan = Plan(24, 4);
        var used = new EpochOrder(plan);

        foreach (var epoch in (int[])[2, 0, 1, 3, 0, 2, 2, 1])
            Assert.Equal(EpochOf(new EpochOrder(plan), plan, epoch), EpochOf(used, plan, epoch));
    }

    private static RunPlan Plan(int batch, int shards) =>
        new(TinyRuns.Plain with { Batch = new BatchSpec { Size = batch, Shards = shards } }, TinyRuns.Data);

    private static List<int> EpochOf(EpochOrder order, RunPlan plan, int epoch)
    {
        var rows = new List<int>();
        for (var step = 0; step < plan.StepsPerEpoch; step++)
            for (var shard = 0; shard < plan.Shards; shard++)
                rows.AddRange(order.Rows(((long)epoch * plan.StepsPerEpoch) + step, shard));
        return rows;
    }
}
