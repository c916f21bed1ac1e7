using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>Wrong numbers end a run; they never become part of it.</summary>
public sealed class ParameterServerFailureTests
{
    [Theory]
    [InlineData(WorkKind.Gradient)]
    [InlineData(WorkKind.Attack)]
    [InlineData(WorkKind.Validate)]
    public void Result_SecondOneDiffersInOneBit_Disagrees(WorkKind kind)
    {
        var context = TinyRuns.Context("early");
        var run = new OneWorker(context);
        var work = run.Reach(kind);
        run.Send(WithAZero(run.Execute(work)));

        run.Send(Flipped(WithAZero(run.Execute(work))));

        Assert.Equal(new ServerEffect.Disagreed(work.Range.First, new WorkerId("worker")), run.Effects[^1]);
        Assert.True(run.Server.IsFinished);
        Assert.Equal(0, context.Buffers.Outstanding);
    }

    [Theory]
    [InlineData(WorkKind.Gradient)]
    [InlineData(WorkKind.Attack)]
    public void Result_SecondOneIsTheSame_ChangesNothing(WorkKind kind)
    {
        var run = new OneWorker(TinyRuns.Context("pipelined"));
        var work = run.Reach(kind);
        run.Send(run.Execute(work));

        run.Send(run.Execute(work));

        Assert.Empty(run.Effects);
        Assert.Equal(SerialRuns.BitsOf("pipelined"), StateBits.Of(run.Finish().State));
    }

    [Fact]
    public void Result_WrongButForACommittedStep_IsNotCompared()
    {
        var run = new OneWorker(TinyRuns.Context("plain"));
        var work = run.Reach(WorkKind.Gradient);
        var late = Flipped(run.Execute(work));
        run.Send(run.Execute(work));
        while (run.Server.Model.Version == 0) run.Send(run.Execute(run.Reach(WorkKind.Gradient)));

        run.Send(late);

        Assert.Equal(SerialRuns.BitsOf("plain"), StateBits.Of(run.Finish().State));
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(1e300)]
    public void Step_ThatDiverges_IsNamedAndNotCommitted(double learningRate)
    {
        var spec = TinyRuns.Plain with { Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = learningRate } };

        var run = new OneWorker(TinyRuns.Context(spec)).Finish();

        var diverged = Assert.IsType<ServerEffect.Diverged>(run.Effects[^1]);
        Assert.Equal(run.Server.Model.Version, diverged.Step);
        Assert.Equal(diverged.Step, run.Effects.OfType<ServerEffect.StepCommitted>().Count());
        foreach (var value in run.Server.Model.Parameters.Span) Assert.True(float.IsFinite(value));
    }

    [Fact]
    public void Step_WhoseParametersOverflow_LeavesTheVersionBefore()
    {
        var spec = TinyRuns.Plain with { Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = 1e300 } };
        var context = TinyRuns.Context(spec);
        var before = StateBits.Bytes(RunState.Initial(context.Plan).Model.Parameters);

        var run = new OneWorker(context).Finish();

        Assert.Equal(new ServerEffect.Diverged(0, "a parameter became NaN or infinite"), Assert.Single(run.Effects));
        Assert.Equal(before, StateBits.Bytes(run.Server.Model.Parameters));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Shard_WithoutAFiniteLossThatTheServerDoesNotGet_IsNoDivergence(double loss)
    {
        var run = new OneWorker(TinyRuns.Context("plain"))
        {
            Change = result =>
            {
                if (result is WorkResult.Gradient { Id: { Step: 3, Index: 2 } } gradient) gradient.Shard.Loss = loss;
                return result;
            },
        }.Finish();

        Assert.Equal(new WorkId(0, WorkKind.Gradient, 3, 2), Assert.IsType<ServerEffect.Disagreed>(run.Effects[^1]).Id);
        Assert.Equal(new WorkerId("worker"), Assert.IsType<ServerEffect.Convicted>(run.Effects[^2]).Worker);
        Assert.Equal(3, run.Server.Model.Version);
    }

    private static WorkResult WithAZero(WorkResult result)
    {
        if (result is WorkResult.Gradient gradient) gradient.Shard.Values[0] = 0f;
        if (result is WorkResult.Attacked attacked) attacked.Batch.Values[0] = 0f;
        return result;
    }

    private static WorkResult Flipped(WorkResult result)
    {
        switch (result)
        {
            case WorkResult.Gradient gradient:
                Flip(ref gradient.Shard.Values[0]);
                return gradient;
            case WorkResult.Attacked attacked:
                Flip(ref attacked.Batch.Values[0]);
                return attacked;
            case WorkResult.Evaluated evaluated:
                return evaluated with { Sums = evaluated.Sums with { Loss = Math.BitIncrement(evaluated.Sums.Loss) } };
            default:
                throw new ArgumentException("Of no known kind.", nameof(result));
        }
    }

    // The sign, so that a zero still equals itself as a number.
    private static void Flip(ref float value) =>
        value = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ int.MinValue);
}
