using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
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

    [Fact]
    public void Mask_SeveralThreadsAtOnce_AreWhatOneGets()
    {
        const int Steps = 200;
        var slice = new ParameterSlice(TinyRuns.Context("fused").Plan);
        var alone = Enumerable.Range(0, Steps).Select(step => Kept(slice.Mask(step, step % 3, 2))).ToArray();

        var together = new int[Steps][];
        Parallel.For(0, Steps, step => together[step] = Kept(slice.Mask(step, step % 3, 2)));

        Assert.Equal(alone, together);

        static int[] Kept(ReplicaMask mask) => [.. mask.Network.Sites.SelectMany(site => mask[site].Indices.ToArray())];
    }

    // What crosses the network for a step: the slice down, and the blocks up that the worker's shards fold into. Dropout
    // 0.2 at 784 inputs and 0.5 at both hidden layers of 1024 keeps 0.4, 0.25 and 0.5 of their weights in a shard.
    [Theory]
    [InlineData(1, 0.25, 0.40)]
    [InlineData(2, 0.55, 0.70)]
    [InlineData(4, 0.85, 0.95)]
    [InlineData(8, 0.95, 1.0)]
    public void Traffic_WideNetwork_IsWhatTheWorkersShardsKeep(int count, double least, double most)
    {
        var plan = WidePlan();
        var slice = new ParameterSlice(plan);
        for (var step = 0; step < 3; step++)
        {
            for (var first = 0; first < plan.Shards; first += count)
            {
                var down = slice.Mask(step, first, count).ParameterCount;
                var buffers = new WorkBuffers(plan);
                var leaves = Enumerable.Range(first, count).Select(shard => Leaf(plan, slice, buffers, step, shard)).ToList();
                var up = new BlockSum(plan.Network, plan.Shards, buffers).Fold(first, leaves).Sum(block => block.Block.Values.Length);

                Assert.InRange((down + up) / (2.0 * plan.Network.ParameterCount), least, most);
                Assert.InRange(Math.Max(down, up), 1, plan.Network.ParameterCount);
            }
        }
    }

    private static ShardGradient Leaf(RunPlan plan, ParameterSlice slice, WorkBuffers buffers, int step, int shard)
    {
        var leaf = buffers.RentGradient();
        slice.Aim(leaf.Mask, step, shard, 1);
        leaf.Values.Clear();
        return leaf;
    }

    private static RunPlan WidePlan()
    {
        var spec = TinyRuns.Fused with
        {
            Network = new NetworkSpec
            {
                Layers =
                [
                    new DropoutLayer { Rate = 0.2 },
                    new DenseLayer { Units = 1024 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
                    new DenseLayer { Units = 1024 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
                    new DenseLayer { Units = 10 },
                ],
            },
            Batch = new BatchSpec { Size = 16, Shards = 8 },
        };
        var rows = new Examples(new AlignedBuffer(16 * 784), new byte[16], 784);
        return new RunPlan(spec, new Dataset("wide", [1, 28, 28], 10, rows, rows, rows, new string('0', 64)));
    }
}
