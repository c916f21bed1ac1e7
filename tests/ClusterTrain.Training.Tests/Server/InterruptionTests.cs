using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines.Simulation;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>A run that is stopped anywhere goes on from model, best state and stopping to the same end.</summary>
public sealed class InterruptionTests
{
    public static TheoryData<string> Names() => ["plain", "pipelined", "early", "adam", "full-pipelined"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Stop_AtAnyEffect_GoesOnToTheSameBits(string name)
    {
        var whole = Simulate(name, Initial(name), seed: 0);
        var beforeTheLastAnswer = whole.Effects.Count - 3;
        for (var i = 0; i < beforeTheLastAnswer; i++)
        {
            var seen = 0;
            var stopped = Simulate(name, Initial(name), seed: 0, (effect, _) => effect is not ServerEffect.Assign && seen++ == i);
            AssertGoesOn(name, stopped, whole.End);
        }
    }

    [Theory]
    [InlineData(WorkKind.Attack)]
    [InlineData(WorkKind.Validate)]
    [InlineData(WorkKind.Conclude)]
    public void Stop_WhileAnItemIsOut_GoesOnToTheSameBits(WorkKind kind)
    {
        var end = Simulate("early", Initial("early"), seed: 0).End;
        for (var skip = 0; skip < 3; skip++)
        {
            var left = skip;
            var stopped = Simulate("early", Initial("early"), seed: 1, (effect, _) =>
                effect is ServerEffect.Assign work && work.Range.Kind == kind && left-- == 0);
            if (kind == WorkKind.Conclude) Assert.True(stopped.State.Stopping.HasStopped);
            AssertGoesOn("early", stopped, end);
        }
    }

    [Fact]
    public void Stop_InEveryStep_GoesOnToTheSameBits()
    {
        var state = Initial("early");
        for (var i = 0; i < 1000; i++)
        {
            var run = Simulate("early", state, seed: i, (effect, _) => effect is ServerEffect.StepCommitted or ServerEffect.Evaluated);
            state = run.State;
            if (run.End is not ServerEffect.Completed) continue;
            Assert.Equal(SerialRuns.BitsOf("early"), StateBits.Of(state));
            return;
        }

        Assert.Fail("The run never ends.");
    }

    [Fact]
    public void Serial_GoingOnFromAStoppedServer_ComesToTheSameBits()
    {
        var stopped = Simulate("pipelined", Initial("pipelined"), seed: 3, (effect, _) => effect is ServerEffect.StepCommitted { Step: 4 });

        Assert.Equal(SerialRuns.BitsOf("pipelined"), StateBits.Of(SerialRuns.Finish(TinyRuns.Context("pipelined"), stopped.State)));
    }

    [Fact]
    public void Stop_AnyTime_AsksForACheckpointOfTheStateThatItEndsWith()
    {
        var stopped = Simulate("early", Initial("early"), seed: 4, (effect, _) => effect is ServerEffect.StepCommitted { Step: 4 });

        Assert.Equal(
            [new ServerEffect.CheckpointDue(IsBest: false), new ServerEffect.Interrupted(5)],
            stopped.Effects.TakeLast(2).Select(effect => effect.Effect));
    }

    private static RunState Initial(string name) => RunState.Initial(TinyRuns.Context(name).Plan);

    private static SimulatedRun Simulate(
        string name, RunState start, int seed, Func<ServerEffect, ParameterServer, bool>? stopAt = null) =>
        new SimulatedEngine(TinyRuns.Context(name), new Faults { Seed = seed, Slow = 10, Repeated = 10 }).Run(start, stopAt);

    private static void AssertGoesOn(string name, SimulatedRun stopped, ServerEffect end)
    {
        var version = Assert.IsType<ServerEffect.Interrupted>(stopped.End).Version;
        Assert.Equal(version, stopped.State.Model.Version);
        var rest = Simulate(name, stopped.State, seed: 2);
        Assert.Equal(end, rest.End);
        Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(rest.State));
    }
}
