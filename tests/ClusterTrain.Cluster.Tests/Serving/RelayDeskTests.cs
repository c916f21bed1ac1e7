using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Serving;

public sealed class RelayDeskTests
{
    private static readonly RunKey Run = new("run", 0);
    private readonly RunContext _context = TinyRuns.Context("plain");

    [Theory]
    [InlineData(RelayUse.Always, 1, false)]
    [InlineData(RelayUse.Always, 2, false)]
    [InlineData(RelayUse.Always, 3, false)]
    [InlineData(RelayUse.Always, 4, true)]
    [InlineData(RelayUse.WherePaying, 4, false)]
    [InlineData(RelayUse.Never, 4, false)]
    public void Route_FewerOrMoreWorkers_NothingIsAddedOnTheWayWhereItDoesNotPay(RelayUse use, int workers, bool expected)
    {
        var desk = Desk(use);

        var messages = Enumerable.Range(0, 4).Select(shard => Route(desk, 0, shard, workers)).ToList();

        Assert.All(messages, message => Assert.Equal(expected, message.Adders.Length > 0));
        if (!expected) Assert.Equal(ClusterMessage.Assign.Of(Run, Gradient(0, 0)), messages[0]);
        else Assert.Equal(["-", "http://w0/", "-", "http://w2/"], messages.Select(message => message.Adders));
    }

    [Fact]
    public void Route_AfterAWorkerFailed_NothingIsAddedOnTheWayUntilItIsGone()
    {
        var desk = Desk(RelayUse.Always);
        Assert.NotEmpty(Route(desk, 0, 0, 4).Adders);

        desk.FailAdder("http://w1/");
        Assert.NotEmpty(Route(desk, 0, 1, 4).Adders);
        Assert.Empty(Route(desk, 1, 0, 4).Adders);
        desk.Forgive("http://w1/");
        Assert.Empty(Route(desk, 1, 1, 4).Adders);

        Assert.NotEmpty(Route(desk, 2, 0, 4).Adders);
    }

    [Fact]
    public void Route_AWorkerFailsAgainAndAgain_NothingIsAddedForTwiceAsLongEachTime()
    {
        var desk = Desk(RelayUse.Always);
        List<int> used = [];
        for (var step = 0; step < 32; step++)
        {
            if (Route(desk, step, 0, 4).Adders.Length == 0) continue;
            used.Add(step);

            // Everybody who brought it something says so.
            for (var other = 1; other < 4; other++) desk.FailAdder("http://w0/");
        }

        Assert.Equal([0, 4, 12, 28], used);
    }

    [Fact]
    public void Route_RowsAreAttackedAhead_NothingIsAddedOnTheWay()
    {
        var context = TinyRuns.Context("pipelined");
        var desk = new RelayDesk(new RelayPolicy { Use = RelayUse.Always }, context, "http://127.0.0.1:1/");

        Assert.Empty(Route(desk, 0, 0, 4).Adders);
    }

    private RelayDesk Desk(RelayUse use) => new(new RelayPolicy { Use = use }, _context, "http://127.0.0.1:1/");

    private static WorkRange Gradient(long step, int shard) => new(new WorkId(0, WorkKind.Gradient, step, shard), 1, step);

    private ClusterMessage.Assign Route(RelayDesk desk, long step, int shard, int workers)
    {
        var parameters = new ParameterSnapshot(step, RunState.Initial(_context.Plan).Model.Current.Parameters);
        var assign = new ServerEffect.Assign(new WorkerId($"w{shard}"), Gradient(step, shard), parameters);
        var join = new ClusterMessage.Join($"w{shard}", WorkerRoles.Trainer, 1, ClusterMessage.Version, 1, $"http://w{shard}/");
        return desk.Route(Run, assign, join, workers, TimeSpan.FromSeconds(2));
    }
}
