using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Serving;

public sealed class RunDeskTests
{
    private const string Plane = "http://127.0.0.1:4080/";
    private static readonly RunKey Run = new("run", 3);

    [Fact]
    public void Handle_WorkerJoins_IsToldOfTheRun()
    {
        var desk = new Desk("plain");

        Assert.Equal([new DeskEffect.Send("ann", new ClusterMessage.Begin(Run, Plane, "managed"))], desk.Hear(Join("ann")));
        Assert.Equal([new DeskEffect.Send("ann", new ClusterMessage.Begin(Run, Plane, "managed"))], desk.Hear(Join("ann")));
        Assert.Equal(0, desk.Inner.ReadyWorkers);
    }

    [Fact]
    public void Handle_WorkerOfAnotherProtocol_IsRefusedByNameWithBothVersions()
    {
        var effects = new Desk("plain").Hear(Join("ann") with { Protocol = 7 });

        var refused = Assert.IsType<DeskEffect.WorkerRefused>(effects[0]);
        Assert.Equal("ann", refused.Worker);
        Assert.Contains("version 7", refused.Why, StringComparison.Ordinal);
        Assert.Contains($"version {ClusterMessage.Version}", refused.Why, StringComparison.Ordinal);
        Assert.Equal(new DeskEffect.Send("ann", new ClusterMessage.Refuse(refused.Why)), effects[1]);
    }

    [Fact]
    public void Handle_WorkerThatWasConvictedUnderAnEarlierServer_GetsNoWork()
    {
        var desk = new Desk("plain", ("ann", "it computed wrongly in step 9"));
        desk.Hear(Join("ann"));

        var effects = desk.Hear(desk.Fitness.Ready("ann", Run));

        Assert.Contains(new DeskEffect.WorkerSitsOut("ann", "it computed wrongly in step 9", IsForGood: true), effects);
        Assert.Contains(new DeskEffect.Send("ann", new ClusterMessage.SitOut(Run, "it computed wrongly in step 9")), effects);
        Assert.Equal(0, desk.Inner.ReadyWorkers);
        Assert.DoesNotContain(desk.Ask("ann"), effect => effect is DeskEffect.Send { Message: ClusterMessage.Assign });
        desk.Ready("bob");
        Assert.Contains(desk.Ask("bob"), effect => effect is DeskEffect.Send { Message: ClusterMessage.Assign });
    }

    public static TheoryData<string, string, string> Misfits() => new()
    {
        { "math", "mkl 2024.1 AVX2", "managed" },
        { "mathVersion", "managed other-version", "managed" },
        { "data", "other-data", "data" },
        { "spec", "other-spec", "spec" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Handle_WorkerThatWouldComputeOtherBits_SitsOutWithBothFingerprints(string what, string theirs, string topic)
    {
        var desk = new Desk("plain");
        desk.Hear(Join("ann"));
        var fit = desk.Fitness.Ready("ann", Run);
        var misfit = what switch
        {
            "math" => fit with { Math = "mkl", MathVersion = "2024.1 AVX2" },
            "mathVersion" => fit with { MathVersion = "other-version" },
            "data" => fit with { Data = "other-data" },
            _ => fit with { Spec = "other-spec" },
        };

        var effects = desk.Hear(misfit);

        var refused = Assert.Single(effects.OfType<DeskEffect.WorkerSitsOut>());
        Assert.Equal("ann", refused.Worker);
        Assert.Contains(theirs, refused.Why, StringComparison.Ordinal);
        Assert.Contains(topic, refused.Why, StringComparison.Ordinal);
        Assert.Contains(what switch { "data" => fit.Data, "spec" => fit.Spec, _ => fit.MathVersion }, refused.Why, StringComparison.Ordinal);
        var sitOut = new DeskEffect.Send("ann", new ClusterMessage.SitOut(Run, refused.Why));
        Assert.Contains(sitOut, effects);
        Assert.Equal(0, desk.Inner.ReadyWorkers);
        Assert.Equal(refused.Why, desk.Inner.SittingOut["ann"]);

        // What it asked before it heard of it: not that the run is over, after which it would try again for ever.
        Assert.Equal([sitOut], desk.Hear(new ClusterMessage.Ask("ann", Run)));
        desk.Hear(Join("ann"));
        Assert.Equal([sitOut], desk.Hear(new ClusterMessage.Ask("ann", Run)));
        Assert.Contains(Over("ann"), desk.Handle(new DeskInput.StopRequested()));
    }

    [Fact]
    public void Handle_WorkerThatCannotPrepare_SitsOutWithItsReasonUntilItCan()
    {
        var desk = new Desk("plain");
        desk.Hear(Join("ann"));

        Assert.Contains(new DeskEffect.WorkerSitsOut("ann", "no such data set"), desk.Hear(new ClusterMessage.Unfit("ann", Run, "no such data set")));
        Assert.Equal("no such data set", desk.Inner.SittingOut["ann"]);
        desk.Ready("ann");
        Assert.Empty(desk.Inner.SittingOut);
    }

    [Fact]
    public void Handle_StrangerOrOtherLife_LearnsThatItsRunIsOver()
    {
        var desk = new Desk("plain");

        Assert.Equal([Over("ann")], desk.Hear(new ClusterMessage.Ask("ann", Run)));
        desk.Ready("bob");
        var old = Run with { Incarnation = 2 };
        Assert.Equal([new DeskEffect.Send("bob", new ClusterMessage.Over(old))], desk.Hear(new ClusterMessage.Ask("bob", old)));
    }

    [Fact]
    public void Handle_OneWorkerAsks_GetsItsWholeShareInOneMessage()
    {
        var desk = new Desk("fused");
        desk.Ready("ann", "bob");

        Assert.Equal([Work("ann", WorkKind.Gradient, 0, 4)], desk.Ask("ann"));
        Assert.Empty(desk.Ask("bob"));
    }

    [Fact]
    public void Handle_AskRepeated_GivesTheSameWorkAgain()
    {
        var desk = new Desk("fused");
        desk.Ready("ann");

        Assert.Equal(desk.Ask("ann"), desk.Ask("ann"));
    }

    [Fact]
    public void Handle_WorkerLost_ItsWorkGoesToAnother()
    {
        var desk = new Desk("fused");
        desk.Ready("ann", "bob");
        desk.Ask("ann");
        desk.Ask("bob");

        var effects = desk.Lose("ann");

        Assert.Contains(new DeskEffect.WorkerLeft("ann", SaidGoodbye: false), effects);
        Assert.Contains(Work("bob", WorkKind.Gradient, 0, 4), effects);
    }

    [Fact]
    public void Handle_WorkerLeaves_IsNotedAsLeaving()
    {
        var desk = new Desk("fused");
        desk.Ready("ann");

        Assert.Contains(new DeskEffect.WorkerLeft("ann", SaidGoodbye: true), desk.Hear(new ClusterMessage.Leave("ann")));
        Assert.Equal(0, desk.Inner.ReadyWorkers);
    }

    [Fact]
    public void Handle_RolesApart_EachGetsItsOwnKindAlone()
    {
        var desk = new Desk("pipelined");
        desk.Ready(WorkerRoles.Trainer, "trainer");
        desk.Ready(WorkerRoles.Adversary, "adversary");

        Assert.Empty(desk.Ask("trainer"));
        Assert.All(desk.Ask("adversary"), effect => Assert.Equal(
            WorkKind.Attack, Assert.IsType<ClusterMessage.Assign>(Assert.IsType<DeskEffect.Send>(effect).Message).Kind));
    }

    [Fact]
    public void Handle_LastOfARoleGone_TheOthersDoItsWork()
    {
        var desk = new Desk("pipelined");
        desk.Ready(WorkerRoles.Trainer, "trainer");
        desk.Ready(WorkerRoles.Adversary, "adversary");
        Assert.Empty(desk.Ask("trainer"));

        var effects = desk.Lose("adversary");

        Assert.Contains(effects.OfType<DeskEffect.Send>(), send => send is { Worker: "trainer", Message: ClusterMessage.Assign { Kind: WorkKind.Attack } });
    }

    [Fact]
    public void Handle_Stopped_TellsEveryWorkerThatTheRunIsOver()
    {
        var desk = new Desk("plain");
        desk.Ready("ann", "bob");

        var effects = desk.Handle(new DeskInput.StopRequested());

        Assert.Contains(effects.OfType<DeskEffect.Decided>(), decided => decided.Effect is ServerEffect.Interrupted);
        Assert.Contains(Over("ann"), effects);
        Assert.Contains(Over("bob"), effects);
    }

    [Fact]
    public void Handle_MeasurementOfAnotherLife_CountsForNothing()
    {
        var desk = new Desk("plain");
        desk.Ready("ann");

        Assert.Empty(desk.Hear(new ClusterMessage.Measured("ann", Run with { Incarnation = 1 }, WorkKind.Validate, 0, 0, new EvaluationSums(1, 1, 0, 1, 1))));
    }

    private static ClusterMessage.Join Join(string worker) =>
        new(worker, WorkerRoles.Trainer | WorkerRoles.Adversary, 1, ClusterMessage.Version, 77, "");

    private static DeskEffect.Send Over(string worker) => new(worker, new ClusterMessage.Over(Run));

    private static DeskEffect.Send Work(string worker, WorkKind kind, int first, int count) =>
        new(worker, new ClusterMessage.Assign(Run, kind, 0, 0, first, count));

    private sealed class Desk
    {
        public Desk(string name, params (string Worker, string Why)[] shutOut)
        {
            var context = TinyRuns.Context(name);
            Fitness = FitnessCheck.Of(context);
            Inner = new RunDesk(Run, Plane, context, new ParameterServer(context, RunState.Initial(context.Plan), new LeasePolicy(), Run.Incarnation),
                shutOut: shutOut.ToDictionary(one => one.Worker, one => one.Why));
        }

        public RunDesk Inner { get; }

        public FitnessCheck Fitness { get; }

        public List<DeskEffect> Handle(DeskInput input)
        {
            List<DeskEffect> effects = [];
            Inner.Handle(input, TimeSpan.Zero, effects);
            return effects;
        }

        public List<DeskEffect> Hear(IClusterMessage message) => Handle(new DeskInput.Received(message));

        public List<DeskEffect> Ask(string worker) => Hear(new ClusterMessage.Ask(worker, Run));

        public List<DeskEffect> Lose(string worker) => Handle(new DeskInput.Lost(worker));

        public void Ready(params string[] workers) => Ready(WorkerRoles.Trainer | WorkerRoles.Adversary, workers);

        public void Ready(WorkerRoles roles, params string[] workers)
        {
            foreach (var worker in workers)
            {
                Hear(Join(worker) with { Roles = roles });
                Assert.Equal([new DeskEffect.WorkerJoined(worker)], Hear(Fitness.Ready(worker, Run)));
            }
        }
    }
}
