using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Tests.Sessions;

public sealed class RunClaimTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SteppedTime _time = new();

    private string LifePath => _folder[RunClaim.LifeName];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryTake_OwnerThatShowsNoLife_IsTakenOverAndTheNumberGoesOn()
    {
        using var frozen = Freeze("0000000007 aaaaaaaa 0000000003");
        var watch = new OwnerWatch(_folder.FullPath, "me", _time);

        Assert.Null(RunClaim.TryTake(_folder.FullPath, watch));
        _time.Pass(OwnerWatch.Patience - TimeSpan.FromSeconds(0.1));
        Assert.Null(RunClaim.TryTake(_folder.FullPath, watch));
        _time.Pass(TimeSpan.FromSeconds(0.1));
        using var claim = RunClaim.TryTake(_folder.FullPath, watch);

        Assert.NotNull(claim);
        Assert.StartsWith("0000000008 ", File.ReadAllText(LifePath), StringComparison.Ordinal);
        Assert.Equal(8, claim.NextIncarnation());
        Assert.True(claim.IsHeld);
        Assert.Equal(13, claim.NextIncarnation(after: 12));
        Assert.StartsWith("0000000013 ", File.ReadAllText(LifePath), StringComparison.Ordinal);
        Assert.Null(RunClaim.TryTake(_folder.FullPath));
    }

    [Fact]
    public void TryTake_OwnerFrozenAmidAWrite_ItsHalfFileIsInNobodysWay()
    {
        using var frozen = Freeze("0000000007 aaaaaaaa 0000000003");
        var path = Path.Combine(Directory.CreateDirectory(_folder["checkpoints"]).FullName, "checkpoints.json");
        using var half = new FileStream(path + AtomicFile.TemporarySuffix, FileMode.Create, FileAccess.Write, FileShare.None);
        var watch = new OwnerWatch(_folder.FullPath, "me", _time);
        Assert.Null(RunClaim.TryTake(_folder.FullPath, watch));
        _time.Pass(OwnerWatch.Patience);

        using var claim = RunClaim.TryTake(_folder.FullPath, watch);

        Assert.NotNull(claim);
        Assert.Throws<FileNotFoundException>(() => File.Move(half.Name, path));
        AtomicFile.Write(path, "new"u8.ToArray());
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void TryTake_OwnerThatShowsLife_IsWaitedForHoweverLong()
    {
        using var owner = Freeze("0000000007 aaaaaaaa 0000000000");
        var watch = new OwnerWatch(_folder.FullPath, "me", _time);

        for (var sign = 1; sign < 10; sign++)
        {
            File.WriteAllText(LifePath, $"0000000007 aaaaaaaa {sign:D10}");
            Assert.Null(RunClaim.TryTake(_folder.FullPath, watch));
            _time.Pass(OwnerWatch.Patience);
        }
    }

    // As training on this machine alone does: its lock is all it has, and is not taken from it.
    [Fact]
    public void TryTake_OwnerThatNeverShowedLife_IsWaitedForHoweverLong()
    {
        using var owner = RunClaim.Take(_folder.FullPath);
        var watch = new OwnerWatch(_folder.FullPath, "me", _time);

        for (var i = 0; i < 5; i++)
        {
            Assert.Null(RunClaim.TryTake(_folder.FullPath, watch));
            _time.Pass(OwnerWatch.Patience);
        }

        Assert.True(owner.IsHeld);
    }

    [Fact]
    public void TryTake_AfterAnOwnerThatWasKilled_GoesOnWithItsNumberAtOnce()
    {
        Freeze("0000000007 aaaaaaaa 0000000003").Dispose();

        using var claim = RunClaim.TryTake(_folder.FullPath, new OwnerWatch(_folder.FullPath, "me", _time));

        Assert.Equal(8, claim!.NextIncarnation());
        Assert.True(claim.IsHeld);
    }

    [Fact]
    public void Dispose_ClaimOfAnOwnerThatShowsLife_LeavesNoSign()
    {
        RunClaim.TryTake(_folder.FullPath, new OwnerWatch(_folder.FullPath, "me", _time))!.Dispose();

        Assert.False(File.Exists(LifePath));
    }

    [Theory]
    [InlineData("0000000002 bbbbbbbb 0000000000", false)]
    [InlineData("0000000001 bbbbbbbb 0000000000", false)]
    [InlineData("0000000000 bbbbbbbb 0000000000", true)]
    [InlineData("", true)]
    public void IsHeld_SignOfAnother_IsLostToOneThatIsNotOlder(string sign, bool isHeld)
    {
        using var claim = RunClaim.TryTake(_folder.FullPath, new OwnerWatch(_folder.FullPath, "me", _time))!;

        File.WriteAllText(LifePath, sign);

        var isLost = SpinWait.SpinUntil(() => !claim.IsHeld, TimeSpan.FromSeconds(isHeld ? 1.5 : 20));
        Assert.Equal(!isHeld, isLost);
    }

    [Fact]
    public void IsHeld_SignIsGone_IsLostToAnOwnerThatHasEndedSince()
    {
        using var claim = RunClaim.TryTake(_folder.FullPath, new OwnerWatch(_folder.FullPath, "me", _time))!;

        File.Delete(LifePath);

        Assert.True(SpinWait.SpinUntil(() => !claim.IsHeld, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Leave_ClaimWasTakenOver_WritesNothingAndLeavesTheNewOwnersSign()
    {
        var folder = new RunFolder(_folder["run"]);
        folder.Prepare();
        var sign = "0000000009 bbbbbbbb 0000000000";
        using (var session = RunSession.Open(
            folder, TinyRuns.Context(TinyRuns.Plain), SessionStart.Either, RunClaim.TryTake(folder.FullPath, new OwnerWatch(folder.FullPath, "me", _time))))
        {
            File.WriteAllText(Path.Combine(folder.FullPath, RunClaim.LifeName), sign);
            SpinWait.SpinUntil(() => !session.IsHeld, TimeSpan.FromSeconds(20));

            var lost = Assert.Throws<ClaimLostException>(session.Leave);

            Assert.Contains("taken over by another server", lost.Message, StringComparison.Ordinal);
            Assert.True(ClaimLostException.IsIn(new AggregateException(new InvalidOperationException("x", lost))));
            Assert.False(ClaimLostException.IsIn(new InvalidOperationException("x")));
        }

        Assert.Equal(sign, File.ReadAllText(Path.Combine(folder.FullPath, RunClaim.LifeName)));
    }

    [Fact]
    public void IsTaken_FileOfSomebodyElse_AndNotOneThatCannotBeWritten()
    {
        using var owner = RunClaim.Take(_folder.FullPath);
        var taken = Assert.ThrowsAny<IOException>(() => new FileStream(_folder[RunClaim.FileName], FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose());

        Assert.True(RunClaim.IsTaken(taken));
        Assert.False(RunClaim.IsTaken(new IOException("Read-only file system", 30)));
        Assert.False(RunClaim.IsTaken(new IOException("No space left on device", 28)));
    }

    private FileStream Freeze(string sign)
    {
        File.WriteAllText(_folder[RunClaim.FileName], "7\n");
        File.WriteAllText(LifePath, sign);
        return new FileStream(_folder[RunClaim.FileName], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
