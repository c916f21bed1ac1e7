using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Engines;

/// <summary>What every engine promises, kept across the control channel and the plane.</summary>
public sealed class WorkersOverHttpTests : EngineContract
{
    protected override IReadOnlyList<int> WorkerCounts(string name) => FewerCounts(name, 1, 2, 3, 5);

    [Theory]
    [InlineData("pipelined")]
    [InlineData("full-pipelined")]
    [InlineData("starved")]
    public void Run_AdversariesAndTrainersApart_ComesToTheSerialTrainersBits(string name)
    {
        var context = TinyRuns.Context(name);
        var workers = new InProcessWorkers(context) { Roles = number => number % 2 == 0 ? WorkerRoles.Adversary : WorkerRoles.Trainer };

        var (outcome, _, _) = workers.Run(RunState.Initial(context.Plan), 4, new RecordingObserver(), CancellationToken.None);

        Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(new RunState(outcome.Model, null, outcome.Stopping)));
    }

    [Theory]
    [InlineData("pipelined")]
    [InlineData("early")]
    public void Run_LeasesOfNoTime_GivesWorkOutTwiceAndComesToTheSameBits(string name)
    {
        var context = TinyRuns.Context(name);
        var hasty = new LeasePolicy { Shortest = TimeSpan.Zero, Patience = 0, First = TimeSpan.Zero };

        var (outcome, _, _) = new InProcessWorkers(context, hasty).Run(RunState.Initial(context.Plan), 4, new RecordingObserver(), CancellationToken.None);

        Assert.Equal(SerialRuns.BitsOf(name).Split(' ')[0], StateBits.Of(outcome.Model));
        Assert.Equal(0, context.Buffers.Outstanding);
    }

    // One worker has all shards of a step: what it brings is one block, as large as the parameters.
    [Fact]
    public void Run_ManyShardsAWorker_MovesNoMoreThanOneGradientAStep()
    {
        var context = TinyRuns.Context("plain");

        var (outcome, sent, received) = new InProcessWorkers(context).Run(RunState.Initial(context.Plan), 1, new RecordingObserver(), CancellationToken.None);

        var whole = 4L * context.Plan.Network.ParameterCount;
        Assert.Equal(outcome.Model.Version * whole, received);
        Assert.InRange(sent, 1, (outcome.Model.Version + 2) * whole);
    }

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop) =>
        new InProcessWorkers(context).Run(start, workers, observer, stop).Outcome;
}
