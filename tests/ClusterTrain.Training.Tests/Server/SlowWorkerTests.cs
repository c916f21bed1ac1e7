using ClusterTrain.Training.Work;
namespace ClusterTrain.Training.Tests.Server;

public sealed class SlowWorkerTests
{
    // Against the run without that worker, which is what its owner could have had by switching it off.
    [Theory]
    [InlineData("fused", 2)]
    [InlineData("fused", 3)]
    [InlineData("fused", 5)]
    [InlineData("pipelined", 2)]
    [InlineData("pipelined", 3)]
    [InlineData("plain", 4)]
    public void Run_OneWorkerTenTimesSlower_TakesLittleLongerAndGivesTheSameBits(string name, int workers)
    {
        var context = Context(name);
        var equal = Enumerable.Repeat(1.0, workers - 1).ToArray();

        var without = TimedWorkers.Run(context, equal);
        var with = TimedWorkers.Run(context, [.. equal, 10.0]);

        Assert.Equal(without.Bits, with.Bits);
        Assert.InRange(with.Seconds, 0, 1.3 * without.Seconds);
    }

    [Fact]
    public void Run_MoreWorkers_IsAsMuchFasterAsTheirSharesAreSmaller()
    {
        var context = Context("fused");

        var (one, four) = (TimedWorkers.Run(context, 1), TimedWorkers.Run(context, 1, 1, 1, 1));

        Assert.Equal(one.Bits, four.Bits);
        Assert.InRange(four.Seconds, 0.2 * one.Seconds, 0.32 * one.Seconds);
    }

    // Eight shards and enough steps for what is known of the workers to count.
    private static Training.Work.RunContext Context(string name) => TinyRuns.Context(TinyRuns.Named(name) with
    {
        Epochs = 8, Batch = new Training.Specs.BatchSpec { Size = 24, Shards = 8 },
    });
}
