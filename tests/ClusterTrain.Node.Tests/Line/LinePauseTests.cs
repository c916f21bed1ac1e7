using ClusterTrain.Node.Line;

namespace ClusterTrain.Node.Tests.Line;

public sealed class LinePauseTests
{
    private readonly ManualClock _time = new();
    private readonly LinePause _pause;
    private readonly List<long> _wanted = [];
    private bool _hasRoom;

    public LinePauseTests() => _pause = new LinePause("runs", _time, (_, bytes) =>
    {
        _wanted.Add(bytes);
        return _hasRoom;
    });

    [Fact]
    public void HasEnded_NoRoomYet_LooksNowAndThenUntilThereIs()
    {
        Assert.True(_pause.HasEnded());
        _pause.Begin("no space left", 1000);

        Assert.False(_pause.HasEnded());
        Assert.Empty(_wanted);
        _time.Pass(LinePause.Between);
        Assert.False(_pause.HasEnded());
        Assert.Equal("no space left", _pause.Why);
        _hasRoom = true;
        Assert.False(_pause.HasEnded());
        _time.Pass(LinePause.Between);
        Assert.True(_pause.HasEnded());

        Assert.Null(_pause.Why);
        Assert.Equal([1000, 1000], _wanted);
    }

    [Fact]
    public void Begin_RoomThatWasTooLittle_WantsMoreTheNextTimeUntilARunCameThrough()
    {
        _hasRoom = true;
        for (var i = 0; i < 3; i++) FullAndFreed();
        _pause.Forget();
        FullAndFreed();

        Assert.Equal([1000, 2000, 4000, 1000], _wanted);
    }

    private void FullAndFreed()
    {
        _pause.Begin("no space left", 1000);
        _time.Pass(LinePause.Between);
        Assert.True(_pause.HasEnded());
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
