using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Work;

public sealed class ParameterSliceTests
{
    // Parameters that no shard of the slice keeps are not a number here: reading one would show.
    [Theory]
    [InlineData("fused", 1)]
    [InlineData("fused", 2)]
    [InlineData("fused", 3)]
    [InlineData("adam", 4)]
    [InlineData("starved", 2)]
    [InlineData("example-masks", 2)]
    [InlineData("full", 2)]
    public void Scatter_SliceOfSomeShards_IsAllThatTheyRead(string name, int count)
    {
        var context = TinyRuns.Context(name);
        var plan = context.Plan;
        var parameters = RunState.Initial(plan).Model.Current;
        var (server, worker) = (new ParameterSlice(plan), new ParameterSlice(plan));
        const int Step = 1;
        var sent = new float[server.Mask(Step, 0, count).ParameterCount];
        ParameterSlice.Gather(parameters.Parameters.Span, server.Mask(Step, 0, count), sent);
        var received = Enumerable.Repeat(float.NaN, plan.Network.ParameterCount).ToArray();
        ParameterSlice.Scatter(sent, worker.Mask(Step, 0, count), received);

        for (var shard = 0; shard < count; shard++)
        {
            var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, Step, shard), Step, null);
            var expected = (WorkResult.Gradient)new WorkExecutor(context).Execute(item, new ParameterSnapshot(Step, parameters.Parameters));
            var actual = (WorkResult.Gradient)new WorkExecutor(context).Execute(item, new ParameterSnapshot(Step, received));
            Assert.True(expected.Shard.Agrees(actual.Shard));
            Assert.True(float.IsFinite(actual.Shard.Values[0]));
        }
    }

    [Fact]
    public void Aim_SeveralShards_KeepsWhatAnyOfThemKeeps()
    {
        var plan = TinyRuns.Context("fused").Plan;
        var (slice, union, one) = (new ParameterSlice(plan), new ReplicaMask(plan.Network), new ReplicaMask(plan.Network));

        slice.Aim(union, 3, 1, 3);

        foreach (var site in plan.Network.Sites)
        {
            var expected = Enumerable.Range(1, 3).SelectMany(shard => one.Draw(plan.Spec.Seed, 3, shard)[site].Indices.ToArray()).Distinct().Order();
            Assert.Equal(expected, union[site].Indices.ToArray());
        }
    }

    // Dropout 0.2 at 784 inputs and 0.5 at both hidden layers of 1024: kept are 0.4, 0.25 and 0.5 of the weights.
    [Theory]
    [InlineData(1, 0.30, 0.34)]
    [InlineData(8, 0.9, 1.0)]
    public void Mask_WideNetwork_IsAsMuchOfItAsItsShardsKeep(int count, double least, double most)
    {
        var plan = WidePlan();
        var slice = new ParameterSlice(plan);

        var share = Enumerable.Range(0, 3).Average(step => (double)slice.Mask(step, 0, count).ParameterCount / plan.Network.ParameterCount);

        Assert.InRange(share, least, most);
    }

    private static RunPlan WidePlan()
    {
        var spec = TinyRuns.Fused with
        {
            Network = new NetworkSpec
            {
                Layers =
                [
                    new LayerDefinition.Dropout { Rate = 0.2 },
                    new LayerDefinition.Dense { Units = 1024 }, new LayerDefinition.Relu(), new LayerDefinition.Dropout { Rate = 0.5 },
                    new LayerDefinition.Dense { Units = 1024 }, new LayerDefinition.Relu(), new LayerDefinition.Dropout { Rate = 0.5 },
                    new LayerDefinition.Dense { Units = 10 },
                ],
            },
            Batch = new BatchSpec { Size = 16, Shards = 8 },
        };
        var rows = new Examples(new AlignedBuffer(16 * 784), new byte[16], 784);
        return new RunPlan(spec, new Dataset("wide", [1, 28, 28], 10, rows, rows, rows, new string('0', 64)));
    }
}
