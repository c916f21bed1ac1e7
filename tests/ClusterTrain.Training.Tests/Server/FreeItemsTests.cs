using ClusterTrain.Training.Server;

namespace ClusterTrain.Training.Tests.Server;

public sealed class FreeItemsTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    [InlineData(5000)]
    [InlineData(300_000)]
    public void Add_Remove_AnyOrder_KnowsFirstLastCountAndRuns(int numbers)
    {
        var (random, free, known) = (new Random(numbers), new FreeItems(), new SortedSet<int>());
        for (var i = 0; i < 2000; i++)
        {
            // Now and then a stretch of neighbours, as ranges of shards are.
            var (first, count) = (random.Next(numbers), random.Next(4) == 0 ? random.Next(1, 200) : 1);
            var isAdded = random.Next(5) > 1;
            for (var number = first; number < Math.Min(first + count, numbers); number++)
            {
                if (isAdded) free.Add(number);
                else free.Remove(number);
                if (isAdded) known.Add(number);
                else known.Remove(number);
            }

            Assert.Equal(known.Count, free.Count);
            Assert.Equal(known.Contains(first), free.Contains(first));
            if (known.Count == 0) continue;
            Assert.Equal((known.Min, known.Max), (free.First, free.Last));
            Assert.Equal(known.Max - known.Min + 1 == known.Count, free.IsOneRun);
            var run = 0;
            while (run < 150 && known.Contains(known.Min + run)) run++;
            Assert.Equal(run, free.RunFrom(known.Min, 150));
        }
    }
}
