using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Shorthands;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>
/// Whole training steps on one worker, attack, gradients, reduction and update included: 512 rows in 8 shards of 64, of residual
/// networks 128 in 8 shards of 16.
/// </summary>
public static class StepBench
{
    private const int Rows = 512;
    private const int Shards = 8;

    private static readonly int[] Grey = [1, 28, 28];
    private static readonly int[] Colour = [3, 32, 32];

    private static readonly LayerDefinition[] Mlp =
    [
        new DropoutLayer { Rate = 0.2 },
        new DenseLayer { Units = 1024 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
        new DenseLayer { Units = 1024 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
        new DenseLayer { Units = 10 },
    ];

    private static readonly LayerDefinition[] Cnn =
    [
        new Conv2dLayer { Channels = 32 }, new ReluLayer(), new MaxPoolLayer(),
        new Conv2dLayer { Channels = 64 }, new ReluLayer(), new MaxPoolLayer(),
        new FlattenLayer(),
        new DenseLayer { Units = 128 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
        new DenseLayer { Units = 10 },
    ];

    private static readonly Attack Clean = new NoAttack();
    private static readonly Attack Pgd7 = new PgdAttack { Epsilon = 0.1, StepSize = 0.025, Steps = 7 };

    /// <summary>Examples a second; the limit is the FMA peak over the operations a step really needs.</summary>
    public static IEnumerable<BenchFigure> Run(Func<IMatrixProducts> products, MachineLimits limits, Sampler sampler)
    {
        yield return Step("step mlp clean", Mlp, Clean, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler);
        yield return Step("step mlp clean masked", Mlp, Clean, ReplicaChoice.Thinned, MaskChoice.Example, products, limits, sampler);
        yield return Step("step mlp pgd7 thinned", Mlp, Pgd7, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler);
        yield return Step("step mlp pgd7 full", Mlp, Pgd7, ReplicaChoice.Full, MaskChoice.Shard, products, limits, sampler);
        yield return Step("step cnn clean", Cnn, Clean, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler);
        yield return Step("step cnn pgd7", Cnn, Pgd7, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler);
        yield return Step("step mlp clean 128", Mlp, Clean, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler, rows: 128);
        foreach (var (name, network, rows) in new (string, NetworkShorthand, int)[]
        {
            ("resnet20", new Resnet20Layer(), 128), ("preactresnet18", new PreActResNet18Layer(), 64),
        })
        {
            foreach (var (attacked, attack) in new[] { ("clean", Clean), ("pgd7", Pgd7) })
            {
                yield return Step(
                    $"step {name} {attacked}", network.Expand(), attack, ReplicaChoice.Thinned, MaskChoice.Shard, products, limits, sampler,
                    Colour, rows, shards: 4);
            }
        }

        // Channels dropped between the convolutions of a block: cut out, or masked row by row at the full width.
        foreach (var (name, masks) in new[] { ("step wideresnet clean", MaskChoice.Shard), ("step wideresnet clean masked", MaskChoice.Example) })
        {
            yield return Step(
                name, new WideResNetLayer { Depth = 16, Widen = 4, Rate = 0.3 }.Expand(), Clean, ReplicaChoice.Thinned, masks, products, limits,
                sampler, Colour, rows: 64, shards: 4);
        }
    }

    /// <summary>Sum of eight shards' gradients and the update alone, in bytes that must move.</summary>
    public static BenchFigure Reduce(Func<IMatrixProducts> products, MachineLimits limits, Sampler sampler)
    {
        var context = Context(Mlp, Clean, ReplicaChoice.Thinned, MaskChoice.Shard, products);
        var model = RunState.Initial(context.Plan).Model;
        var (executor, tree, commit) = (new WorkExecutor(context), new ReductionTree(context.Plan.Network, Shards), new StepCommit(context.Plan));
        var bytes = 0.0;
        for (var shard = 0; shard < Shards; shard++)
        {
            var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, shard), 0, null);
            var gradient = ((WorkResult.Gradient)executor.Execute(item, model.Current)).Shard;
            bytes += gradient.Values.Length;
            tree.Offer(shard, gradient);
        }

        // Each gradient is read once; weights and momentum are read and written once.
        bytes = sizeof(float) * (bytes + (4.0 * context.Plan.Network.ParameterCount));
        var seconds = sampler.Seconds(() => commit.Apply(tree, model));
        return new BenchFigure("reduce 8 shards", bytes / seconds / 1e9, "GB/s", limits.BytesPerSecond / 1e9);
    }

    private static BenchFigure Step(
        string name, IReadOnlyList<LayerDefinition> layers, Attack attack, ReplicaChoice replica, MaskChoice masks, Func<IMatrixProducts> products,
        MachineLimits limits, Sampler sampler, int[]? shape = null, int rows = Rows, int shards = Shards)
    {
        var context = Context(layers, attack, replica, masks, products, shape, rows, shards);
        var model = RunState.Initial(context.Plan).Model;
        var replay = new SerialStep(context);
        var seconds = sampler.Seconds(() => replay.Advance(model));
        var flops = StepFlops.PerExample(context.Plan);
        return new BenchFigure(name, rows / seconds, "examples/s", limits.FlopsPerSecond / flops);
    }

    private static RunContext Context(
        IReadOnlyList<LayerDefinition> layers, Attack attack, ReplicaChoice replica, MaskChoice masks,
        Func<IMatrixProducts> products, int[]? shape = null, int batch = Rows, int shards = Shards)
    {
        var spec = new RunSpec
        {
            Epochs = 100_000,
            Network = new NetworkSpec { Layers = layers },
            Batch = new BatchSpec { Size = batch, Shards = shards },
            Optimizer = new OptimizerSpec { LearningRate = 1e-3 },
            Regularization = new RegularizationSpec { DropoutMasks = masks },
            Adversarial = new AdversarialSpec { Attack = attack, Replica = replica },
        };
        shape ??= Grey;
        var rows = Random(batch * 4, shape.Aggregate(1, (product, side) => product * side));
        return new RunContext(spec, new Dataset("random", shape, 10, rows, rows, rows, ""), products);
    }

    private static Examples Random(int rows, int features)
    {
        var inputs = new AlignedBuffer(rows * features);
        new RandomStream(1, RandomPurpose.Audit).FillUniform(inputs.Span, 0f, 1f);
        return new Examples(inputs, [.. Enumerable.Range(0, rows).Select(row => (byte)(row % 10))], features);
    }
}
