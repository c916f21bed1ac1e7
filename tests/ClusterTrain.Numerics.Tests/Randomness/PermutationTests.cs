using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Tests.Randomness;

public sealed class PermutationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Draw_AnyCount_HoldsEveryNumberOnce(int count) =>
        Assert.Equal(Enumerable.Range(0, count), Permutation.Draw(count, Epoch(0)).Order());

    [Fact]
    public void Draw_SameEpoch_IsTheSameOrder_OtherEpochAnother()
    {
        var order = Permutation.Draw(1000, Epoch(0));

        Assert.Equal(order, Permutation.Draw(1000, Epoch(0)));
        // A random order keeps one element in place on average; an unshuffled one all.
        Assert.InRange(order.Zip(Permutation.Draw(1000, Epoch(1))).Count(pair => pair.First == pair.Second), 0, 10);
        Assert.InRange(order.Where((element, i) => element == i).Count(), 0, 10);
    }

    [Fact]
    public void Draw_ThreeElements_GivesEveryOrderEquallyOften()
    {
        const int Count = 6000;
        var counts = Enumerable.Range(0, Count)
            .Select(epoch => string.Join(' ', Permutation.Draw(3, Epoch(epoch)))).CountBy(order => order).ToArray();

        Assert.Equal(6, counts.Length);
        // 5 standard deviations of a binomial with p = 1/6.
        var spread = 5 * Math.Sqrt(Count * (1 / 6.0) * (5 / 6.0));
        Assert.All(counts, pair => Assert.InRange(pair.Value, (Count / 6.0) - spread, (Count / 6.0) + spread));
    }

    private static RandomStream Epoch(long epoch) => new(11, RandomPurpose.EpochOrder, epoch);
}
