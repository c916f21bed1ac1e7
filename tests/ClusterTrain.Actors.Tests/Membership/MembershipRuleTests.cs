using ClusterTrain.Actors.Membership;

namespace ClusterTrain.Actors.Tests.Membership;

public sealed class MembershipRuleTests
{
    private static readonly MembershipTimes Times = new()
    {
        Look = TimeSpan.FromSeconds(1), WithoutServer = TimeSpan.FromSeconds(10), FoundAfter = TimeSpan.FromSeconds(3),
    };

    private static readonly MembershipState Outside = new()
    {
        IsServer = true, Node = "b:1", Seeds = ["a:1", "b:1"], HasContacts = false, Own = null, Now = At(100),
        OutsideSince = At(100), ServerSeenAt = At(100), Strangers = [],
    };

    private static readonly MembershipState Worker = Outside with { IsServer = false, Node = "w:1" };

    private static readonly ClusterView Free = new(0, true, 0, "");

    [Theory]
    [InlineData("a:1", 0.0, false)]
    [InlineData("a:1", 3.0, true)]
    [InlineData("b:1", 3.0, false)]
    [InlineData("b:1", 6.0, true)]
    [InlineData("c:1", 1000.0, false)]
    public void Decide_ServerThatNobodyAnswers_FoundsByItsPlaceAmongTheSeeds(string node, double outsideFor, bool founds) =>
        Assert.Equal(founds, Decide(Outside with { Node = node, OutsideSince = At(100 - outsideFor) }) is MembershipAction.Found);

    [Fact]
    public void Decide_ServerWithNobodyElseToAsk_FoundsAtOnce()
    {
        Assert.IsType<MembershipAction.Found>(Decide(Outside with { Seeds = ["b:1"] }));
        Assert.IsType<MembershipAction.Found>(Decide(Outside with { Seeds = [] }));
    }

    // It has left a cluster for another one, which it is to find before it founds one more.
    [Theory]
    [InlineData(2.9, false)]
    [InlineData(3, true)]
    public void Decide_OnlySeedThatKnewOthers_AsksThemFirst(double outsideFor, bool founds) => Assert.Equal(
        founds, Decide(Outside with { Seeds = ["b:1"], HasContacts = true, OutsideSince = At(100 - outsideFor) }) is MembershipAction.Found);

    [Fact]
    public void Decide_SeedsThatAreAllOutside_TheFirstFoundsAtOnceAndTheSecondLeavesItToTheFirst()
    {
        Assert.IsType<MembershipAction.Found>(Decide(Outside with { Node = "a:1", Strangers = [Stranger("b:1", Free)] }));
        Assert.IsType<MembershipAction.Wait>(Decide(Outside with { OutsideSince = At(0), Strangers = [Stranger("a:1", Free)] }));
    }

    // A seed that cannot be the server will never found: nobody leaves it to that one.
    [Fact]
    public void Decide_FirstSeedIsAWorkerOutside_TheSecondFounds() =>
        Assert.IsType<MembershipAction.Found>(
            Decide(Outside with { OutsideSince = At(0), Strangers = [Stranger("a:1", Free with { HasServer = false })] }));

    [Fact]
    public void Decide_WorkerOutside_WaitsForAServerForEver()
    {
        Assert.IsType<MembershipAction.Wait>(Decide(Worker with { OutsideSince = At(-100_000) }));
        Assert.IsType<MembershipAction.Wait>(
            Decide(Worker with { Strangers = [Stranger("a:1", Free), Stranger("v:1", new ClusterView(3, false, 1, "v:1"))] }));
    }

    [Fact]
    public void Decide_OutsideAndClustersAreHeard_JoinsTheBestThatHasAServer()
    {
        var join = Assert.IsType<MembershipAction.Join>(Decide(Worker with
        {
            Strangers =
            [
                Stranger("a:1", new ClusterView(1, true, 5, "a:1")), Stranger("b:1", new ClusterView(3, true, 9, "b:1")),
                Stranger("v:1", new ClusterView(7, false, 1, "v:1")),
            ],
        }));

        Assert.Equal("b:1", join.Host.Node);
    }

    [Fact]
    public void Decide_WhatWasHeardLongAgo_DoesNotCount()
    {
        var cluster = new ClusterView(3, true, 9, "a:1");

        Assert.IsType<MembershipAction.Join>(Decide(Worker with { Strangers = [Stranger("a:1", cluster, lastAt: 97)] }));
        Assert.IsType<MembershipAction.Wait>(Decide(Worker with { Strangers = [Stranger("a:1", cluster, lastAt: 96.9)] }));
    }

    [Theory]
    [InlineData(9.9, false)]
    [InlineData(10, true)]
    public void Decide_WorkerInsideWithoutAServer_LeavesAfterAWhile(double without, bool leaves) => Assert.Equal(
        leaves,
        Decide(Worker with { Own = new ClusterView(2, false, 1, "v:1"), ServerSeenAt = At(100 - without) }) is MembershipAction.Leave);

    [Fact]
    public void Decide_WorkerInsideWithoutAServerAndOneIsHeardElsewhere_LeavesAtOnce() => Assert.IsType<MembershipAction.Leave>(Decide(Worker with
    {
        Own = new ClusterView(5, false, 1, "v:1"), ServerSeenAt = At(99),
        Strangers = [Stranger("a:1", new ClusterView(1, true, 9, "a:1"), firstAt: 100)],
    }));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Decide_InsideAndABetterClusterIsHeard_LeavesWhenThatStays(double heardFor, bool leaves) => Assert.Equal(leaves, Decide(Outside with
    {
        Own = new ClusterView(1, true, 9, "b:1"),
        Strangers = [Stranger("a:1", new ClusterView(4, true, 5, "a:1"), firstAt: 100 - heardFor)],
    }) is MembershipAction.Leave);

    // From the sides of both at once, for all that can differ.
    [Fact]
    public void Decide_TwoClustersThatMeet_ExactlyOneLeaves()
    {
        var views = new[] { 1, 2 }.SelectMany(nodes => new[] { true, false }.SelectMany(hasServer =>
            new long[] { 1, 2 }.Select(since => new ClusterView(nodes, hasServer, since, "")))).ToList();
        var meetings = 0;
        foreach (var (one, other) in views.SelectMany(one => views.Select(other => (one with { Leader = "a:1" }, other with { Leader = "b:1" }))))
        {
            if (!one.HasServer && !other.HasServer) continue;
            var first = Decide(Worker with { Own = one, Strangers = [Stranger("b:1", other, firstAt: 0)] });
            var second = Decide(Worker with { Own = other, Strangers = [Stranger("a:1", one, firstAt: 0)] });
            Assert.True(first is MembershipAction.Leave ^ second is MembershipAction.Leave, $"{one} meets {other}");
            meetings++;
        }

        Assert.Equal(48, meetings);
    }

    private static MembershipAction Decide(MembershipState state) => MembershipRule.Decide(state, Times);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Stranger Stranger(string node, ClusterView cluster, double firstAt = 100, double lastAt = 100) =>
        new(node, 1, cluster, At(firstAt), At(lastAt));
}
