using ClusterTrain.Training.Planning;
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
}
