using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Tests.Control;

public class MailboxesTests
{
    private static readonly ClusterMessage.Refuse Message = new("no");
    private readonly HandClock _clock = new();

    [Fact]
    public void TryOpen_MoreNamesThanAllowed_RefusesThemAndKeepsTheFirst()
    {
        var boxes = new Mailboxes(_clock, most: 3);
        var opened = Enumerable.Range(0, 54_000).Count(number => boxes.TryOpen($"invented-{number}"));

        Assert.Equal((3, 3), (opened, boxes.Count));
        Assert.True(boxes.TryOpen("invented-0"));
    }

    [Fact]
    public void TryOpen_WhenTheOthersHaveBeenSilentForLong_TakesTheirPlaces()
    {
        var boxes = new Mailboxes(_clock, most: 2);
        Assert.True(boxes.TryOpen("alive") && boxes.TryOpen("invented"));
        _clock.Pass(Mailboxes.Forget);
        Assert.True(boxes.TryOpen("alive"));
        Assert.False(boxes.TryOpen("new"));
        _clock.Pass(TimeSpan.FromSeconds(1));

        Assert.True(boxes.TryOpen("new"));
        Assert.True(boxes.TryOpen("alive"));
        Assert.False(boxes.TryOpen("invented"));
        Assert.Equal(2, boxes.Count);
    }

    [Fact]
    public async Task Post_ToANameThatNobodyHas_IsLostAndTakesNoPlace()
    {
        var boxes = new Mailboxes(_clock);
        boxes.Post("nobody", Message);
        Assert.Empty(await boxes.Take("nobody", TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal(0, boxes.Count);
    }

    [Fact]
    public async Task Post_MoreThanFitIn_LosesTheOldest()
    {
        var boxes = new Mailboxes(_clock);
        Assert.True(boxes.TryOpen("w"));
        for (var number = 0; number <= Mailboxes.MostWaiting; number++) boxes.Post("w", new ClusterMessage.Refuse($"{number}"));
        var taken = await boxes.Take("w", TimeSpan.Zero, CancellationToken.None);
        Assert.Equal((Mailboxes.MostWaiting, new ClusterMessage.Refuse("1")), (taken.Count, taken[0]));
    }

    private sealed class HandClock : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _now += time;

        public override long GetTimestamp() => _now.Ticks;
    }
}
