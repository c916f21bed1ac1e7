using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Testing;

/// <summary>What every engine promises. One class derives from it for each engine.</summary>
public abstract class EngineContract
{
    /// <summary>Numbers of workers to try with a technique.</summary>
    protected virtual IReadOnlyList<int> WorkerCounts(string name) => [1, 2, 3, 4, 7, 8];

    /// <summary>
    /// For engines whose messages cost more than the work: these numbers for the three ways in which work can depend on work (not at
    /// all, on the version before, and with evaluations that end a run), three workers for every other technique.
    /// </summary>
    protected static IReadOnlyList<int> FewerCounts(string name, params IReadOnlyList<int> counts) =>
        name is "fused" or "pipelined" or "early" ? counts : [3];

    [Theory]
    [MemberData(nameof(TinyRuns.Names), MemberType = typeof(TinyRuns))]
    public void Run_AnyNumberOfWorkers_ComesToTheSerialTrainersBits(string name)
    {
        foreach (var workers in WorkerCounts(name))
        {
            var run = Run(name, workers);
            Assert.Equal(SerialRuns.BitsOf(name), run.Bits);
            Assert.Equal(SerialRuns.EffectsOf(name), run.Effects);
        }
    }

    [Fact]
    public void Run_TwiceInARow_IsTheSameRun()
    {
        var (first, second) = (Run("early", workers: 3), Run("early", workers: 3));

        Assert.Equal(first.Bits, second.Bits);
        Assert.Equal(first.Effects, second.Effects);
    }

    [Fact]
    public void Run_OtherSeed_ComesToOtherBits()
    {
        var context = TinyRuns.Context(TinyRuns.Plain with { Seed = 8 });
        var outcome = Run(context, RunState.Initial(context.Plan), 2, new RecordingObserver(), CancellationToken.None);

        Assert.NotEqual(Run("plain", workers: 2).Bits.Split(' ')[0], StateBits.Of(outcome.Model));
    }

    [Fact]
    public void Run_ToItsEnd_CommitsEveryStepInOrderAndCompletesLast()
    {
        var effects = Run("pipelined", workers: 4).Effects;

        Assert.Equal(Enumerable.Range(0, 8).Select(step => (long)step), effects.OfType<ServerEffect.StepCommitted>().Select(commit => commit.Step));
        Assert.IsType<ServerEffect.Completed>(Assert.Single(effects, effect => effect is ServerEffect.Completed));
        Assert.IsType<ServerEffect.Completed>(effects[^1]);
        Assert.Equal([Split.Validation, Split.Validation, Split.Train, Split.Test], effects.OfType<ServerEffect.Evaluated>().Select(measured => measured.Split));
    }

    [Theory]
    [InlineData("pipelined", 0)]
    [InlineData("pipelined", 3)]
    [InlineData("pipelined", 7)]
    [InlineData("early", 4)]
    [InlineData("early", 11)]
    [InlineData("collapsing", 11)]
    [InlineData("collapsing", 13)]
    [InlineData("collapsing", 20)]
    public void Run_StoppedByItsObserver_StopsThereAndGoesOnToTheSameBits(string name, int step)
    {
        var context = TinyRuns.Context(name);
        using var stop = new CancellationTokenSource();
        var observer = new RecordingObserver { Then = effect => { if (effect is ServerEffect.StepCommitted commit && commit.Step == step) stop.Cancel(); } };

        var stopped = Run(context, RunState.Initial(context.Plan), 8, observer, stop.Token);
        Assert.Equal(new ServerEffect.Interrupted(step + 1), stopped.End);
        Assert.Equal(stopped.End, observer.Effects[^1]);
        Assert.Equal(step + 1, stopped.Model.Version);
        Assert.Equal(0, context.Buffers.Outstanding);

        var rest = new RecordingObserver();
        var best = observer.Best;
        var outcome = Run(context, new RunState(stopped.Model.Copy(), best, stopped.Stopping), 3, rest, CancellationToken.None);
        Assert.IsType<ServerEffect.Completed>(outcome.End);
        Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(new RunState(outcome.Model, rest.Best ?? best, outcome.Stopping)));
    }

    [Fact]
    public void Run_StoppedBeforeItStarts_LeavesTheStateAsItWas()
    {
        var context = TinyRuns.Context("plain");
        var start = RunState.Initial(context.Plan);

        var outcome = Run(context, StateBits.Copy(start), 2, new RecordingObserver(), new CancellationToken(canceled: true));

        Assert.Equal(new ServerEffect.Interrupted(0), outcome.End);
        Assert.Equal(StateBits.Of(start.Model), StateBits.Of(outcome.Model));
    }

    [Fact]
    public void Run_LearningRateBeyondReason_DivergesInsteadOfCommitting()
    {
        var context = TinyRuns.Context(TinyRuns.Plain with { Optimizer = TinyRuns.Plain.Optimizer with { LearningRate = 1e30 } });
        var observer = new RecordingObserver();

        var outcome = Run(context, RunState.Initial(context.Plan), 4, observer, CancellationToken.None);

        Assert.Equal(outcome.Model.Version, Assert.IsType<ServerEffect.Diverged>(outcome.End).Step);
        Assert.Equal(outcome.Model.Version, observer.Effects.OfType<ServerEffect.StepCommitted>().Count());
    }

    /// <summary>Carries the run on from <paramref name="start"/>, which it may change.</summary>
    protected abstract RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop);

    private (string Bits, IReadOnlyList<ServerEffect> Effects) Run(string name, int workers)
    {
        var context = TinyRuns.Context(name);
        var observer = new RecordingObserver();
        var outcome = Run(context, RunState.Initial(context.Plan), workers, observer, CancellationToken.None);
        var tracksBest = outcome.Stopping.BestVersion is not null;
        Assert.Equal(0, context.Buffers.Outstanding);
        return (StateBits.Of(new RunState(outcome.Model, tracksBest ? outcome.Result : null, outcome.Stopping)), observer.Effects);
    }
}
