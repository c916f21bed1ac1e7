using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Working;

public sealed class WorkerMachineTests
{
    private const string Plane = "http://127.0.0.1:4080/";
    private static readonly RunKey First = new("run", 1);
    private static readonly RunKey Second = new("run", 2);
    private static readonly FitnessCheck Fingerprint = new("managed", "1", "data", "spec");
    private static readonly ClusterMessage.Join Join = new("ann", WorkerRoles.Trainer, 2, ClusterMessage.Version, 77, "http://127.0.0.1:5/");
    private static readonly ClusterMessage.Ask Ask = new("ann", First);
    private readonly WorkerMachine _machine = new(Join);
    private double _now;

    [Fact]
    public void Handle_NobodyAnswers_JoinsAgainEveryTwoSeconds()
    {
        Assert.Equal([Sent(Join)], Handle(new WorkerInput.TimePasses()));
        Assert.Empty(Handle(new WorkerInput.TimePasses(), after: 1.9));
        Assert.Equal([Sent(Join)], Handle(new WorkerInput.TimePasses(), after: 0.2));
    }

    [Fact]
    public void Handle_RunBegins_PreparesSaysReadyAndAsks()
    {
        Assert.Equal([new WorkerEffect.Prepare(First, Plane, "managed")], Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Assert.Equal(
            [Sent(Fingerprint.Ready("ann", First)), Sent(Ask)], Handle(new WorkerInput.Prepared(First, Fingerprint)));
        Assert.Equal([Sent(Ask)], Handle(new WorkerInput.TimePasses(), after: 2));
    }

    [Fact]
    public void Handle_Assignment_IsWorkedOnceAndThenMoreIsAskedFor()
    {
        ReachAsking();
        var measured = new ClusterMessage.Measured("ann", First, WorkKind.Validate, 3, 0, default);

        Assert.Equal([new WorkerEffect.Work(Work(First))], Hear(Work(First)));
        Assert.Empty(Hear(Work(First)));
        Assert.Equal([Sent(measured), Sent(Ask)], Handle(new WorkerInput.Worked(First, [measured])));
    }

    [Fact]
    public void Handle_AssignmentOfAnotherLife_IsIgnored()
    {
        ReachAsking();

        Assert.Empty(Hear(Work(Second)));
    }

    [Fact]
    public void Handle_NewLifeOfTheServer_PreparesAnewAndSaysNothingToTheOldOne()
    {
        ReachAsking();

        Assert.Equal([new WorkerEffect.Prepare(Second, Plane, "managed")], Hear(new ClusterMessage.Begin(Second, Plane, "managed")));
        Assert.Empty(Handle(new WorkerInput.Prepared(First, Fingerprint)));
        Assert.Equal([Sent(Fingerprint.Ready("ann", Second)), Sent(new ClusterMessage.Ask("ann", Second))], Handle(new WorkerInput.Prepared(Second, Fingerprint)));
    }

    [Fact]
    public void Handle_RunIsOver_JoinsForTheNextOne()
    {
        ReachAsking();

        Assert.Empty(Hear(new ClusterMessage.Over(Second)));
        Assert.Equal([Sent(Join)], Hear(new ClusterMessage.Over(First)));
    }

    [Fact]
    public void Handle_RunIsOverAmidWork_JoinsOnceTheWorkIsDone()
    {
        ReachAsking();
        Hear(Work(First));

        Assert.Empty(Hear(new ClusterMessage.Over(First)));
        Assert.Equal([Sent(Join)], Handle(new WorkerInput.Worked(First, [])));
    }

    // The server that the work is for may stand still, with connections that are taken and never answered.
    [Fact]
    public void Handle_AnotherServerTakesOverAmidWork_IsHeardOfAndTheWorkIsAbandoned()
    {
        ReachAsking();
        Hear(Work(First));

        Assert.Equal([Sent(Join)], Handle(new WorkerInput.TimePasses(), after: 2));
        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Assert.Equal([new WorkerEffect.Abandon()], Hear(new ClusterMessage.Begin(Second, Plane, "managed")));
        Assert.Equal([Sent(Join)], Handle(new WorkerInput.LostRun(First)));
        Assert.Equal([new WorkerEffect.Prepare(Second, Plane, "managed")], Hear(new ClusterMessage.Begin(Second, Plane, "managed")));
    }

    [Fact]
    public void Handle_AnotherServerTakesOverAmidPreparation_PreparesForThatOne()
    {
        Hear(new ClusterMessage.Begin(First, Plane, "managed"));

        Assert.Equal([Sent(Join)], Handle(new WorkerInput.TimePasses(), after: 2));
        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Assert.Equal([new WorkerEffect.Prepare(Second, "http://other/", "managed")], Hear(new ClusterMessage.Begin(Second, "http://other/", "managed")));
        Assert.Empty(Handle(new WorkerInput.LostRun(First)));
        Assert.Equal([Sent(Fingerprint.Ready("ann", Second)), Sent(new ClusterMessage.Ask("ann", Second))], Handle(new WorkerInput.Prepared(Second, Fingerprint)));
    }

    [Fact]
    public void Handle_ServerThatWasPassedByWakes_IsNotListenedTo()
    {
        Hear(new ClusterMessage.Begin(Second, Plane, "managed"));
        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Handle(new WorkerInput.Prepared(Second, Fingerprint));

        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Hear(Work(Second));
        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
    }

    [Fact]
    public void Handle_ServerOutOfReach_JoinsAnew()
    {
        ReachAsking();
        Hear(Work(First));

        Assert.Equal([Sent(Join)], Handle(new WorkerInput.LostRun(First)));
    }

    [Fact]
    public void Handle_ToldToStopAmidWork_HandsBackThenLeaves()
    {
        ReachAsking();
        Hear(Work(First));

        Assert.Equal([new WorkerEffect.HandBack()], Handle(new WorkerInput.StopRequested()));
        Assert.Equal([Sent(new ClusterMessage.Leave("ann")), new WorkerEffect.End(null)], Handle(new WorkerInput.Worked(First, [])));
        Assert.True(_machine.HasEnded);
        Assert.Empty(Hear(Work(First)));
    }

    [Fact]
    public void Handle_ToldToStopWhileIdle_LeavesAtOnce()
    {
        ReachAsking();

        Assert.Equal([Sent(new ClusterMessage.Leave("ann")), new WorkerEffect.End(null)], Handle(new WorkerInput.StopRequested()));
    }

    [Fact]
    public void Handle_Refused_EndsWithTheReason()
    {
        ReachAsking();

        Assert.Equal([new WorkerEffect.End("another math")], Hear(new ClusterMessage.Refuse("another math")));
        Assert.True(_machine.HasEnded);
    }

    [Fact]
    public void Handle_CannotPrepare_TellsTheServerSitsTheRunOutAndTakesTheNextOne()
    {
        var other = new RunKey("other", 1);
        Hear(new ClusterMessage.Begin(First, Plane, "managed"));

        Assert.Equal(
            [Sent(new ClusterMessage.Unfit("ann", First, "no data")), new WorkerEffect.SitOut(First, "no data")],
            Handle(new WorkerInput.CannotPrepare(First, "no data")));
        Assert.Empty(Hear(new ClusterMessage.SitOut(First, "no data")));
        Assert.Equal([Sent(Join)], Handle(new WorkerInput.TimePasses(), after: 2));
        Assert.Empty(Hear(new ClusterMessage.Begin(First, Plane, "managed")));
        Assert.Equal([new WorkerEffect.Prepare(other, Plane, "managed")], Hear(new ClusterMessage.Begin(other, Plane, "managed")));
    }

    [Fact]
    public void Handle_OtherDataThanTheRuns_SitsItOutUntilItIsOver()
    {
        ReachAsking();

        Assert.Empty(Hear(new ClusterMessage.SitOut(Second, "other data")));
        Assert.Equal([new WorkerEffect.SitOut(First, "other data")], Hear(new ClusterMessage.SitOut(First, "other data")));
        Assert.Empty(Hear(Work(First)));
        Assert.Equal([Sent(Join)], Hear(new ClusterMessage.Over(First)));
        Assert.Equal([new WorkerEffect.Prepare(Second, Plane, "managed")], Hear(new ClusterMessage.Begin(Second, Plane, "managed")));
    }

    [Fact]
    public void Handle_CannotPrepareTheOneRunThatItIsFor_Ends()
    {
        var machine = new WorkerMachine(Join, isOfOneRun: true);
        List<WorkerEffect> effects = [];
        machine.Handle(new WorkerInput.Received(new ClusterMessage.Begin(First, Plane, "managed")), TimeSpan.Zero, []);

        machine.Handle(new WorkerInput.CannotPrepare(First, "no data"), TimeSpan.Zero, effects);

        Assert.Equal([Sent(new ClusterMessage.Unfit("ann", First, "no data")), new WorkerEffect.End("no data")], effects);
    }

    private static WorkerEffect.Send Sent(IClusterMessage message) => new(message);

    private static ClusterMessage.Assign Work(RunKey run) => new(run, WorkKind.Gradient, 3, 3, 0, 4);

    private void ReachAsking()
    {
        Hear(new ClusterMessage.Begin(First, Plane, "managed"));
        Handle(new WorkerInput.Prepared(First, Fingerprint));
    }

    private List<WorkerEffect> Hear(IClusterMessage message) => Handle(new WorkerInput.Received(message));

    private List<WorkerEffect> Handle(WorkerInput input, double after = 0)
    {
        _now += after;
        List<WorkerEffect> effects = [];
        _machine.Handle(input, TimeSpan.FromSeconds(_now), effects);
        return effects;
    }
}
