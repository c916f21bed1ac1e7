using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

public sealed class WorkBoardTests
{
    private static readonly WorkerId Ann = new("ann");
    private static readonly WorkerId Bob = new("bob");
    private static readonly WorkerId Cid = new("cid");
    private readonly WorkBoard _board = new(new LeasePolicy { Shortest = TimeSpan.FromSeconds(2), Patience = 4 });

    [Fact]
    public void Take_OpenItems_GivesEachOnceInTheOrderTheyWereOpened()
    {
        Open(0, 1, 2);

        Assert.Equal([0, 1, 2], new[] { Take(Ann), Take(Bob), Take(Ann) });
        Assert.Null(Take(Cid));
        Assert.Equal(3, _board.OpenCount);
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
        Open(0, 1);
        Take(Ann);
        Take(Ann);
        Finish(0, Ann, 10);

        Assert.Null(Take(Bob, 40));
        Assert.Equal(1, Take(Bob, 40.5));
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
            other => Assert.Equal(WorkBoard.Verdict.Stray, _board.Finish(other, Ann, TimeSpan.Zero)));
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
        _board.Open(new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 5, 0), 4));
        _board.Open(new WorkItem.Gradient(Id(0) with { Step = 6 }, 6, null));
        Finish(1, Ann);

        _board.Close(WorkKind.Gradient, 5);

        Assert.Equal(2, _board.OpenCount);
        Assert.False(_board.Contains(Id(0)));
        Assert.Equal(WorkBoard.Verdict.Stray, Finish(1, Bob));
        Assert.Equal([WorkKind.Attack, WorkKind.Gradient], new[] { TakeItem(Ann)!.Id.Kind, TakeItem(Ann)!.Id.Kind });
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

    private static WorkId Id(int shard) => new(0, WorkKind.Gradient, 5, shard);

    private void Open(params int[] shards)
    {
        foreach (var shard in shards) _board.Open(new WorkItem.Gradient(Id(shard), 5, null));
    }

    private WorkItem? TakeItem(WorkerId worker, double seconds = 0) => _board.Take(worker, TimeSpan.FromSeconds(seconds));

    private int? Take(WorkerId worker, double seconds = 0) => TakeItem(worker, seconds)?.Id.Index;

    private WorkBoard.Verdict Finish(int shard, WorkerId worker, double seconds = 0) =>
        _board.Finish(Id(shard), worker, TimeSpan.FromSeconds(seconds));
}
