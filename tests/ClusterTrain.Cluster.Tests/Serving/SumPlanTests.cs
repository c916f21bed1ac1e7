using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Reduction;

namespace ClusterTrain.Cluster.Tests.Serving;

public sealed class SumPlanTests
{
    private const int Sums = 3;

    // Each worker brings at once what it has as soon as all that it waits for is there: the server gets what nobody adds.
    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1000, 1024)]
    [InlineData(1000, 10_000)]
    [InlineData(16, 16)]
    [InlineData(5, 16)]
    [InlineData(7, 13)]
    public void Give_AllShardsInTheirOrder_TheServerGetsThreeSumsAndNoAdderMoreThanOneALevel(int workers, int shards)
    {
        var plan = new SumPlan(7, shards, Sums);
        Dictionary<string, int> takes = [];
        var (toServer, covered) = (0, 0);
        foreach (var (worker, first, count, adders) in Given(plan, workers, shards).ToList())
        {
            var at = first;
            foreach (var adder in adders)
            {
                var own = BlockSum.LargestBlock(at, first + count, shards);
                var end = at % plan.Most == 0 ? plan.Most : at & -at;
                var sum = Math.Max(own, Math.Min(end, shards - at));
                if (adder == SumPlan.ToServer)
                {
                    Assert.Equal(0, at % plan.Most);
                    toServer++;
                    covered += sum;
                    if (sum > own) Assert.Equal(sum, plan.PartsOf(at, sum, worker).Sum(part => part.Count));
                }
                else
                {
                    takes[adder] = takes.GetValueOrDefault(adder) + 1;
                }

                at += own;
            }
        }

        Assert.Equal(shards, covered);
        Assert.InRange(toServer, 1, Sums);
        Assert.All(takes.Values, each => Assert.InRange(each, 1, 2 * Math.Log2(shards) + 2));
    }

    [Fact]
    public void Give_ShardsThatAnotherHasHad_GoStraightToTheServer()
    {
        var plan = new SumPlan(7, 8, 1);
        plan.Give(0, 4, "ann", "a");

        Assert.Null(plan.Give(3, 1, "bob", "b"));
        Assert.Equal(["a"], plan.Give(4, 4, "bob", "b")!);
    }

    [Fact]
    public void Give_NeighbourThatCannotBeAsked_TheServerIsBroughtIt()
    {
        var plan = new SumPlan(7, 2, 1);
        plan.Give(0, 1, "ann", "");

        Assert.Equal([SumPlan.ToServer], plan.Give(1, 1, "bob", "b")!);
    }

    [Fact]
    public void PartsOf_SumThatIsNotTheWorkersToMake_IsNobodys()
    {
        var plan = new SumPlan(7, 8, 3);
        plan.Give(0, 2, "ann", "a");
        plan.Give(2, 1, "bob", "b");

        Assert.Empty(plan.PartsOf(0, 4, "ann"));
        plan.Give(3, 1, "cleo", "c");

        Assert.Equal([("ann", 0, 2), ("bob", 2, 1), ("cleo", 3, 1)], plan.PartsOf(0, 4, "ann").Select(part => (part.Worker.Name, part.First, part.Count)));
        Assert.Empty(plan.PartsOf(0, 4, "bob"));
        Assert.Empty(plan.PartsOf(0, 2, "ann"));
        Assert.Equal(4, plan.Most);
    }

    private static IEnumerable<(string Worker, int First, int Count, IReadOnlyList<string> Adders)> Given(SumPlan plan, int workers, int shards)
    {
        for (var (worker, first) = (0, 0); first < shards; worker++)
        {
            var count = Math.Min((shards + workers - 1) / workers, shards - first);
            yield return ($"w{worker}", first, count, plan.Give(first, count, $"w{worker}", $"w{worker}")!);
            first += count;
        }
    }
}
