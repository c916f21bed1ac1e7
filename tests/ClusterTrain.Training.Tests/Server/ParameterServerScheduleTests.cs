using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines.Simulation;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>No schedule of arrivals and faults changes what a run comes to.</summary>
public sealed class ParameterServerScheduleTests
{
    // Many where work depends on work in each of the three ways; what is computed in an item is the same to the server.
    private static int Schedules(string name) => name is "fused" or "pipelined" or "early" ? 100 : 8;

    [Theory]
    [MemberData(nameof(TinyRuns.Names), MemberType = typeof(TinyRuns))]
    public void Run_AnyScheduleOfFaults_ComesToTheSerialTrainersBits(string name)
    {
        var calm = Simulate(name, Faults.None);
        Prop.ForAll(Faults.Any(), faults =>
        {
            var run = Simulate(name, faults);
            Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(run.State));
            Assert.Equal(calm.Ledger, run.Ledger);
            Assert.Equal(calm.End, run.End);
            AssertEveryStepOnceInOrder(run);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Schedules(name)));
    }

    [Fact]
    public void Run_PipelinedUnderFire_SeesEveryKindOfFaultAndFillsItsMemoryBound()
    {
        var faults = new Faults { Workers = 6, Slow = 15, Lost = 10, Repeated = 20, Redone = 20, Stray = 20, Leaving = 10, ServerDeaths = 1 };
        var runs = Enumerable.Range(0, 20).Select(seed => Simulate("pipelined", faults with { Seed = seed })).ToList();

        Assert.True(runs.Sum(run => run.Reassigned) > 20, "reassigned");
        Assert.True(runs.Sum(run => run.Late) > 20, "late");
        Assert.True(runs.Sum(run => run.Strays) > 20, "strays");
        Assert.True(runs.Sum(run => run.Posthumous) > 5, "after the end");
        Assert.Contains(runs, run => run.Effects[^1].Life == 1);
        Assert.InRange(runs.Max(run => run.MostHeld), 9, 12);
    }

    [Fact]
    public void Run_SameSchedule_IsTheSameRun()
    {
        var faults = new Faults { Seed = 5, Workers = 4, Slow = 20, Lost = 10, Repeated = 20, Leaving = 10, ServerDeaths = 2 };
        var (first, second) = (Simulate("early", faults), Simulate("early", faults));

        Assert.Equal(first.Effects, second.Effects);
        Assert.Equal((first.Late, first.Reassigned, first.Posthumous), (second.Late, second.Reassigned, second.Posthumous));
    }

    private static SimulatedRun Simulate(string name, Faults faults)
    {
        var context = TinyRuns.Context(name);
        return new SimulatedEngine(context, faults).Run(RunState.Initial(context.Plan));
    }

    // A new life goes on at a step that was committed before, or right after: never with a gap, never twice in a life.
    private static void AssertEveryStepOnceInOrder(SimulatedRun run)
    {
        var next = 0L;
        foreach (var life in run.Effects.GroupBy(effect => effect.Life))
        {
            var steps = life.Select(effect => effect.Effect).OfType<ServerEffect.StepCommitted>().Select(commit => commit.Step).ToList();
            if (steps.Count == 0) continue;
            Assert.InRange(steps[0], 0, next);
            Assert.Equal(Enumerable.Range(0, steps.Count).Select(i => steps[0] + i), steps);
            next = steps[^1] + 1;
        }

        Assert.Equal(run.State.Model.Version, next);
        Assert.Equal(next, run.Ledger.Count);
    }
}
