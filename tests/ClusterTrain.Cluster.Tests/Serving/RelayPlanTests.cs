using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Tests.Serving;

public sealed class RelayPlanTests
{
    private const long Whole = 1_000_000;
    private static readonly RelayPolicy Policy = new();

    [Theory]
    [InlineData(1000, Whole)]
    [InlineData(1000, Whole / 3)]
    [InlineData(1000, Whole / 50)]
    [InlineData(4096, Whole)]
    [InlineData(16, Whole)]
    [InlineData(5, Whole / 2)]
    public void Next_ManyWorkers_TheServerSendsAsMuchAsToThreeAndNoRelayMore(int workers, long part)
    {
        var plan = new RelayPlan(Policy, 7, Whole, workers);
        Dictionary<string, (long Sent, int Depth)> sources = [];
        for (var i = 0; i < workers; i++)
        {
            var route = plan.Next($"w{i}", "", part);
            var source = route.From.Length == 0 ? (Sent: 0, Depth: 0) : sources[route.From];
            source.Sent += route.IsRelay ? Whole : part;
            if (route.From.Length > 0) sources[route.From] = source;
            if (route.IsRelay) sources.Add($"w{i}", (0, source.Depth + 1));
            Assert.InRange(source.Sent, 1, Policy.FanOut * Whole);
        }

        // Of all parameters; of what one worker needs alone where that is most of them.
        Assert.InRange(plan.FromServer, part, Policy.FanOut * Whole);
        if (part == Whole) Assert.InRange(plan.FromServer, part, 8 * part);
        Assert.InRange(sources.Values.Select(source => source.Depth).DefaultIfEmpty(0).Max(), 0, 8);
    }

    [Fact]
    public void Next_AFewWorkers_AllGetItFromTheServer()
    {
        var plan = new RelayPlan(Policy, 7, Whole, 3);

        Assert.All(Enumerable.Range(0, 3).Select(i => plan.Next($"w{i}", "", Whole)), route => Assert.Equal(RelayRoute.Direct, route));
    }

    [Fact]
    public void Next_WorkersInTwoZones_GetItWithinTheirOwnWhereSomebodyHasIt()
    {
        var plan = new RelayPlan(Policy, 7, Whole, 100);
        Dictionary<string, string> zones = new() { [""] = "" };
        var across = 0;
        for (var i = 0; i < 100; i++)
        {
            var zone = i % 2 == 0 ? "a" : "b";
            var route = plan.Next($"w{i}", zone, Whole);
            if (route.From.Length > 0 && zones[route.From] != zone) across++;
            zones[$"w{i}"] = zone;
        }

        Assert.InRange(across, 0, 2);
    }

    [Fact]
    public void Next_WorkerThatCannotBeAsked_IsNoRelay()
    {
        var plan = new RelayPlan(Policy, 7, Whole, 50);

        Assert.All(Enumerable.Range(0, 50).Select(_ => plan.Next("", "", Whole)), route => Assert.False(route.IsRelay));
        Assert.Equal(50 * Whole, plan.FromServer);
    }

    [Fact]
    public void Drop_RelayThatFailed_NobodyElseIsSentToIt()
    {
        var plan = new RelayPlan(Policy, 7, Whole, 50);
        Assert.True(plan.Next("bad", "", Whole).IsRelay);

        plan.Drop("bad");

        Assert.DoesNotContain("bad", Enumerable.Range(0, 49).Select(i => plan.Next($"w{i}", "", Whole).From));
    }

    [Theory]
    [InlineData(2, Whole, false)]
    [InlineData(3, 100 * Whole, false)]
    [InlineData(1000, 1000, false)]
    [InlineData(16, 200_000, true)]
    [InlineData(100, 8_000_000, true)]
    public void Pays_OverALink_WhereManyGetMuch(int workers, long bytes, bool expected) =>
        Assert.Equal(expected, Policy.Pays(workers, bytes, bytes, isLocal: false));

    [Fact]
    public void Parse_AutoOnOffAndOther_IsThePolicyOrWhatIsAllowed()
    {
        Assert.Equal(
            [RelayUse.WherePaying, RelayUse.WherePaying, RelayUse.Always, RelayUse.Never],
            new[] { null, "auto", "on", "off" }.Select(text => RelayPolicy.Parse(text).Policy!.Use));
        Assert.Contains("allowed: auto, on, off", RelayPolicy.Parse("perhaps").Wrong, StringComparison.Ordinal);
    }
}
