using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Tests.Nodes;

public class LateNodeTests
{
    [Fact]
    public void WhyForsaken_NodeThatNobodyServes_IsSaidAfterFiveMinutesAndNotBefore()
    {
        var clock = new HandClock();
        var node = new LateNode(clock);

        Assert.Null(node.WhyForsaken);
        clock.Now = TimeSpan.FromMinutes(4.99);
        Assert.Null(node.WhyForsaken);
        clock.Now = TimeSpan.FromMinutes(5);
        Assert.Equal("for 5 minutes: not a member of the cluster yet", node.WhyForsaken);
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
