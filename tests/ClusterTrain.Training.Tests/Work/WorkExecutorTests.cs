using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Work;

public sealed class WorkExecutorTests
{
    private static readonly WorkItem.Evaluate Evaluation = new(
        new WorkId(0, WorkKind.Conclude, 0, 0), 0, new EvaluationChunk(Split.Test, 0, 40), null);

    [Fact]
    public void Execute_SameVersionInOtherMemory_ReadsTheMemoryItWasGiven()
    {
        var context = TinyRuns.Context("fused");
        var model = RunState.Initial(context.Plan).Model;
        var copy = model.Copy();
        var executor = new WorkExecutor(context);

        var before = executor.Execute(Evaluation, model.Current);
        model.Parameters.Span.Fill(0.25f);
        var after = executor.Execute(Evaluation, copy.Current);

        Assert.Equal(before, after);
    }

    [Fact]
    public void Execute_OtherParametersOfTheSameVersion_GivesOtherNumbers()
    {
        var context = TinyRuns.Context("fused");
        var (one, other) = (RunState.Initial(context.Plan).Model, RunState.Initial(context.Plan).Model);
        other.Parameters.Span.Fill(0.25f);
        var executor = new WorkExecutor(context);

        Assert.NotEqual(executor.Execute(Evaluation, one.Current), executor.Execute(Evaluation, other.Current));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Execute_GradientWhoseBatchIsInUseForAnotherShard_AnswersNevertheless(int features)
    {
        var context = TinyRuns.Context("pipelined");
        var model = RunState.Initial(context.Plan).Model;
        var executor = new WorkExecutor(context);
        var batch = context.Buffers.RentBatch().Resize(context.Plan.AttackedRowsOfShard, features);

        for (var shard = 0; shard < context.Plan.Shards; shard++)
        {
            var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, shard), 0, batch);
            Assert.Equal(item.Id, executor.Execute(item, model.Current).Id);
        }
    }

    [Theory]
    [InlineData("pipelined")]
    [InlineData("full-pipelined")]
    [InlineData("half")]
    [InlineData("example-masks")]
    public void Execute_ShardWithItsOwnBatchMadeAhead_GivesTheBitsOfMakingItOnTheSpot(string name)
    {
        var context = TinyRuns.Context(name);
        var spec = context.Spec with { Adversarial = context.Spec.Adversarial with { Generation = GenerationChoice.Fused } };
        var model = RunState.Initial(context.Plan).Model;

        for (var shard = 0; shard < context.Plan.Shards; shard++)
        {
            var attack = new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 0, shard), 0);
            var batch = ((WorkResult.Attacked)new WorkExecutor(context).Execute(attack, model.Current)).Batch;
            var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, shard), 0, batch);
            var ahead = (WorkResult.Gradient)new WorkExecutor(context).Execute(item, model.Current);
            var onTheSpot = (WorkResult.Gradient)new WorkExecutor(TinyRuns.Context(spec)).Execute(item with { Batch = null }, model.Current);
            Assert.True(ahead.Shard.Agrees(onTheSpot.Shard), $"shard {shard}");
        }
    }
}
