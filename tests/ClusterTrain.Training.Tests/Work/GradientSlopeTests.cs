using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Work;

/// <summary>
/// A shard's gradient against its own loss, measured at parameters a little to both sides: whatever the techniques at work,
/// what is reported as loss and what is derived must be the same function.
/// </summary>
public sealed class GradientSlopeTests
{
    private const double Step = 2e-4;

    [Theory]
    [InlineData("plain")]
    [InlineData("fused")]
    [InlineData("full")]
    [InlineData("half")]
    [InlineData("pool")]
    [InlineData("example-masks")]
    [InlineData("cnn")]
    [InlineData("norm")]
    [InlineData("norm-example-masks")]
    [InlineData("norm-cnn-adam")]
    [InlineData("drop-connect")]
    [InlineData("trades")]
    [InlineData("trades-full-example-masks")]
    [InlineData("clean-weight")]
    [InlineData("augmented")]
    [InlineData("everything")]
    public void Execute_Gradient_IsTheSlopeOfTheShardsLoss(string name)
    {
        var context = TinyRuns.Context(name);
        var (executor, model) = (new WorkExecutor(context), RunState.Initial(context.Plan).Model);

        // Away from where training starts: a replica that keeps no unit of a site leaves beta 0 on the corner of a ReLU.
        var away = Direction(model, shard: 0, number: 99);
        for (var i = 0; i < away.Length; i++) model.Parameters.Span[i] += 0.5f * away[i];
        for (var shard = 0; shard < context.Plan.Shards; shard++)
        {
            // The rows stay as they were attacked at the parameters in the middle.
            var batch = context.Plan.AttackedRowsOfShard == 0 ? null : ((WorkResult.Attacked)executor.Execute(
                new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 0, shard), 0), model.Current)).Batch;
            var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, shard), 0, batch);
            var gradient = ((WorkResult.Gradient)executor.Execute(item, model.Current)).Shard;
            var dense = new float[model.Network.ParameterCount];
            ParameterSlice.Scatter(gradient.Values, gradient.Mask, dense);

            for (var direction = 0; direction < 4; direction++)
            {
                var along = Direction(model, shard, direction);
                double Loss(double distance) =>
                    ((WorkResult.Gradient)executor.Execute(item, Moved(model, along, distance))).Shard.Loss;
                var expected = (Loss(Step) - Loss(-Step)) / (2 * Step);
                var actual = dense.Zip(along, (slope, part) => (double)slope * part).Sum();

                Assert.True(
                    Math.Abs(expected - actual) <= 5e-3 + (0.02 * Math.Abs(expected)),
                    $"shard {shard}, direction {direction}: the loss rises by {expected:R}, the gradient says {actual:R}");
            }
        }
    }

    // Of length 1; running statistics stay where they are.
    private static float[] Direction(ModelState model, int shard, int number)
    {
        var along = new float[model.Network.ParameterCount];
        new RandomStream(9, RandomPurpose.Audit, number, shard).FillUniform(along, -1f, 1f);
        foreach (var tensor in model.Network.Tensors.Where(tensor => tensor.IsStatistic))
            along.AsSpan(tensor.Offset, tensor.Length).Clear();
        var length = Math.Sqrt(along.Sum(part => (double)part * part));
        return [.. along.Select(part => (float)(part / length))];
    }

    private static ParameterSnapshot Moved(ModelState model, float[] along, double distance)
    {
        var moved = new AlignedBuffer(along.Length);
        for (var i = 0; i < along.Length; i++)
            moved.Span[i] = (float)(model.Parameters.Span[i] + (distance * along[i]));
        return new ParameterSnapshot(0, moved.Memory);
    }
}
