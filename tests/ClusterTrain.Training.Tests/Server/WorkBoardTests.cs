using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

public sealed class WorkBoardTests
{
    private static readonly WorkerId Ann = new("ann");
    private static readonly WorkerId Bob = new("bob");
    private static readonly WorkerId Cid = new("cid");
    private readonly WorkBoard _board = new(new LeasePolicy { Shortest = TimeSpan.FromSeconds(2), Patience = 4 }, shards: 8);

    [Fact]
    public void Take_OpenItems_GivesEachOnceInTheOrderTheyWereOpened()
    {
        Open(0, 1, 2);

        Assert.Equal([0, 1, 2], new[] { Take(Ann), Take(Bob), Take(Ann) });
        Assert.Null(Take(Cid));
        Assert.Equal(3, _board.OpenCount);
    }

    [Fact]
    public void Take_RangeThatWasOpenedWhole_ComesBackAsOpened()
    {
        var range = new WorkRange(new WorkId(3, WorkKind.Validate, 40, 0), 12, 40);
        _board.Open(range, TimeSpan.Zero);

        var (first, second) = (_board.Take(new ServerMessage.WorkerAsks(Ann) { Room = 5 }, TimeSpan.Zero), _board.Take(new ServerMessage.WorkerAsks(Bob) { Room = 100 }, TimeSpan.Zero));

        Assert.Equal(range with { Count = 5 }, first);
        Assert.Equal(range[5], second!.Value.First);
        Assert.Equal(40, second.Value.Version);
        Assert.Equal(12, _board.OpenCount);
    }

    [Fact]
    public void Take_LeaseNotYetOver_GivesNothing()
    {
        Open(0);
        Take(Ann);

        Assert.Null(Take(Bob, 2));
        Assert.Equal(0, Take(Bob, 2.001));
    }

    [Fact]
    public void Take_OverdueItem_GoesToAnotherWorkerOnly()
    {
        Open(0);
        Take(Ann);

        Assert.Null(Take(Ann, 100));
        Assert.Equal(0, Take(Bob, 100));
        Assert.Null(Take(Bob, 1000));
    }

    [Fact]
    public void Take_OverdueItemGivenOutAgain_HasANewLease()
    {
        Open(0);
        Take(Ann);
        Take(Bob, 3);

        Assert.Null(Take(Cid, 4.5));
        Assert.Equal(0, Take(Cid, 5.5));
    }

    [Fact]
    public void Take_SeveralOverdue_PrefersFreshWorkThenTheLongestOverdue()
    {
        Open(0, 1);
        Take(Ann, 1);
        Take(Bob, 0);
        Open(2);

        Assert.Equal([2, 1, 0], new[] { Take(Cid, 50), Take(Cid, 50), Take(Cid, 50) });
    }

    [Fact]
    public void Take_KindThatUsuallyTakesLong_HasALongerLease()
    {
        Greet(Ann);
        Open(0, 1);
        Take(Ann);
        Take(Ann);
        Finish(0, Ann, 10);

        Assert.Null(Take(Bob, 40));
        Assert.Equal(1, Take(Bob, 40.5));
    }

    [Theory]
    [InlineData(8, 1, new[] { 8 })]
    [InlineData(8, 2, new[] { 4, 4 })]
    [InlineData(8, 3, new[] { 3, 3, 2 })]
    [InlineData(7, 4, new[] { 2, 2, 2, 1 })]
    [InlineData(2, 4, new[] { 1, 1, 0, 0 })]
    [InlineData(1, 5, new[] { 1, 0, 0, 0, 0 })]
    public void Take_SeveralEqualWorkers_GetEqualSharesOfNeighbours(int shards, int workers, int[] expected)
    {
        var all = Enumerable.Range(0, workers).Select(number => new WorkerId($"w{number}")).ToArray();
        Greet(all);
        Open([.. Enumerable.Range(0, shards)]);

        var shares = all.Select(worker => Numbers(TakeMany(worker))).ToList();

        Assert.Equal(expected, shares.Select(share => share.Length));
        Assert.Equal(Enumerable.Range(0, shards), shares.SelectMany(share => share));
    }

    [Theory]
    [InlineData(1.0, 1.3, 4, 4)]
    [InlineData(1.2, 1.0, 4, 4)]
    [InlineData(1.0, 1.7, 5, 3)]
    [InlineData(1.0, 2.9, 6, 2)]
    public void Take_WorkersNearlyAsFast_GetSharesThatFoldIntoFewBlocks(double ann, double bob, int first, int second)
    {
        Teach((Ann, ann), (Bob, bob));
        Open(0, 1, 2, 3, 4, 5, 6, 7);

        Assert.Equal((first, second), (TakeMany(Ann).Count, TakeMany(Bob).Count));
    }

    [Fact]
    public void Take_WorkerThreeTimesAsFast_GetsThreeTimesAsMuch()
    {
        Teach((Ann, 1), (Bob, 3));
        Open(0, 1, 2, 3, 4, 5, 6, 7);

        Assert.Equal([0, 1, 2, 3, 4, 5], Numbers(TakeMany(Ann)));
        Assert.Equal([6, 7], Numbers(TakeMany(Bob)));
    }

    [Fact]
    public void Take_WorkerOthersWouldWaitFor_GetsNothingUntilTheLeaseIsOver()
    {
        Teach((Ann, 1), (Bob, 1), (Cid, 30));
        Open(0, 1, 2, 3, 4, 5, 6, 7);

        Assert.Empty(TakeMany(Cid));
        Assert.Equal([0, 1, 2, 3], Numbers(TakeMany(Ann)));
        Assert.Empty(TakeMany(Cid, 3.9));
        Assert.Equal([4], Numbers(TakeMany(Cid, 4.1)));
    }

    [Fact]
    public void Take_OverdueRange_GivesItsSecondHalfFirst()
    {
        Teach((Ann, 0.1), (Bob, 0.1));
        Open(0, 1, 2, 3, 4, 5, 6, 7);
        Assert.Equal([0, 1, 2, 3], Numbers(TakeMany(Ann)));
        Assert.Equal([4, 5, 6, 7], Numbers(TakeMany(Bob)));
        Assert.Equal(WorkBoard.Verdict.Accepted, _board.Finish(Id(4), 4, Bob, TimeSpan.FromSeconds(0.4)));

        Assert.Empty(TakeMany(Bob, 2));
        Assert.Equal([2, 3], Numbers(TakeMany(Bob, 2.1)));
        Assert.Equal([1], Numbers(TakeMany(Cid, 2.1)));
    }

    [Fact]
    public void Take_KindsThatAWorkerDoesNotDo_AreLeftToOthers()
    {
        Open(0);
        _board.Open(new WorkRange(new WorkId(0, WorkKind.Attack, 6, 0), 1, 5), TimeSpan.Zero);

        Assert.Equal(WorkKind.Attack, Assert.Single(TakeMany(Ann, kinds: WorkKinds.Attack)).Kind);
        Assert.Empty(TakeMany(Ann, 100, WorkKinds.Attack));
        Assert.Equal(WorkKind.Gradient, Assert.Single(TakeMany(Bob, kinds: WorkKinds.Gradient)).Kind);
    }

    [Fact]
    public void Greet_WorkerAsksAnew_NoLongerHoldsWhatItHad()
    {
        Open(0);
        Take(Ann);

        Greet(Ann);

        Assert.Equal(0, Take(Ann));
    }

    [Fact]
    public void Close_WorkerThatHasNotAnswered_IsKnownToBeSlow()
    {
        Teach((Ann, 1), (Bob, 1));
        Open(0, 1, 2, 3);
        TakeMany(Ann);
        TakeMany(Bob);
        _board.Finish(Id(0), 4, Ann, TimeSpan.FromSeconds(2));
        _board.Close(WorkKind.Gradient, 5, TimeSpan.FromSeconds(40));

        Greet(Bob, Ann);
        Open(0, 1, 2, 3);

        Assert.Empty(TakeMany(Bob));
        Assert.Equal(4, TakeMany(Ann).Count);
    }

    [Fact]
    public void Finish_BlockWhosePartIsDone_IsAcceptedForTheRest()
    {
        Open(0, 1, 2, 3);
        Take(Ann);
        Finish(1, Bob);

        Assert.Equal(WorkBoard.Verdict.Accepted, _board.Finish(Id(0), 2, Ann, TimeSpan.Zero));
        Assert.Equal(2, _board.OpenCount);
        Assert.Equal(WorkBoard.Verdict.Repeated, _board.Finish(Id(0), 2, Ann, TimeSpan.Zero));
        Assert.Equal(WorkBoard.Verdict.Stray, _board.Finish(Id(4), 2, Ann, TimeSpan.Zero));
    }

    [Fact]
    public void Release_WorkerGone_PutsBackOnlyWhatItAloneHeld()
    {
        Open(0, 1);
        Take(Ann);
        Take(Bob);

        _board.Release(Ann);

        Assert.Equal(0, Take(Cid));
        Assert.Null(Take(Cid));
        _board.Release(Bob);
        _board.Release(Cid);
        Assert.Equal([0, 1], new[] { Take(Ann), Take(Ann) });
    }

    [Fact]
    public void Finish_FirstSecondAndUnknown_AreAcceptedRepeatedAndStray()
    {
        Open(0);
        Take(Ann);

        Assert.Equal(WorkBoard.Verdict.Stray, Finish(1, Ann));
        Assert.Equal(WorkBoard.Verdict.Accepted, Finish(0, Bob));
        Assert.Equal(WorkBoard.Verdict.Repeated, Finish(0, Ann));
        Assert.Equal(0, _board.OpenCount);
        Assert.Null(Take(Cid, 1000));
    }

    [Fact]
    public void Finish_OtherIncarnationKindOrStep_IsStray()
    {
        Open(0);
        var id = Id(0);

        Assert.All(
            [id with { Incarnation = 1 }, id with { Kind = WorkKind.Attack }, id with { Step = 6 }],
            other => Assert.Equal(WorkBoard.Verdict.Stray, _board.Finish(other, 1, Ann, TimeSpan.Zero)));
        Assert.Equal(1, _board.OpenCount);
    }

    [Fact]
    public void Finish_ItemNobodyHolds_IsAcceptedWithoutTeachingTheLease()
    {
        Open(0, 1);

        Assert.Equal(WorkBoard.Verdict.Accepted, Finish(0, Ann, 1000));
        Take(Ann);
        Assert.Equal(1, Take(Bob, 2.5));
    }

    [Fact]
    public void Close_OneKindAndStep_LeavesTheOthers()
    {
        Open(0, 1);
        _board.Open(new WorkRange(new WorkId(0, WorkKind.Attack, 5, 0), 1, 4), TimeSpan.Zero);
        _board.Open(new WorkRange(Id(0) with { Step = 6 }, 1, 6), TimeSpan.Zero);
        Finish(1, Ann);

        _board.Close(WorkKind.Gradient, 5, TimeSpan.Zero);

        Assert.Equal(2, _board.OpenCount);
        Assert.False(_board.Contains(Id(0)));
        Assert.Equal(WorkBoard.Verdict.Stray, Finish(1, Bob));
        Assert.Equal([WorkKind.Attack, WorkKind.Gradient], new[] { TakeItem(Ann)!.Value.Kind, TakeItem(Ann)!.Value.Kind });
    }

    [Fact]
    public void Clear_OpenAndDone_ForgetsAll()
    {
        Open(0, 1);
        Finish(0, Ann);

        _board.Clear();

        Assert.Equal(0, _board.OpenCount);
        Assert.Null(Take(Ann));
        Assert.Equal(WorkBoard.Verdict.Stray, Finish(0, Ann));
    }

    // Each answers one item of a step that is over in so many seconds.
    private void Teach(params (WorkerId Worker, double Seconds)[] workers)
    {
        Greet([.. workers.Select(worker => worker.Worker)]);
        for (var i = 0; i < workers.Length; i++)
        {
            var id = Id(0) with { Step = 1, Index = i };
            _board.Open(new WorkRange(id, 1, 1), TimeSpan.Zero);
            TakeItem(workers[i].Worker);
            _board.Finish(id, 1, workers[i].Worker, TimeSpan.FromSeconds(workers[i].Seconds));
        }

        _board.Close(WorkKind.Gradient, 1, TimeSpan.Zero);
        Greet([.. workers.Select(worker => worker.Worker)]);
    }

    private static WorkId Id(int shard) => new(0, WorkKind.Gradient, 5, shard);

    private static int[] Numbers(IEnumerable<WorkId> items) => [.. items.Select(item => item.Index)];

    private void Open(params int[] shards)
    {
        foreach (var shard in shards) _board.Open(new WorkRange(Id(shard), 1, 5), TimeSpan.Zero);
    }

    private void Greet(params WorkerId[] workers)
    {
        foreach (var worker in workers) _board.Greet(new ServerMessage.WorkerAsks(worker));
    }

    private List<WorkId> TakeMany(WorkerId worker, double seconds = 0, WorkKinds kinds = WorkKinds.All) =>
        _board.Take(new ServerMessage.WorkerAsks(worker) { Room = 100, Kinds = kinds }, TimeSpan.FromSeconds(seconds)) is { } range
            ? [.. Enumerable.Range(0, range.Count).Select(offset => range[offset])] : [];

    private WorkId? TakeItem(WorkerId worker, double seconds = 0)
    {
        var range = _board.Take(new ServerMessage.WorkerAsks(worker), TimeSpan.FromSeconds(seconds));
        Assert.Equal(range is null ? null : 1, range?.Count);
        return range?.First;
    }

    private int? Take(WorkerId worker, double seconds = 0) => TakeItem(worker, seconds)?.Index;

    private WorkBoard.Verdict Finish(int shard, WorkerId worker, double seconds = 0) =>
        _board.Finish(Id(shard), 1, worker, TimeSpan.FromSeconds(seconds));
}
