using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

/// <summary>Random stacks of every layer against the definition in double precision.</summary>
public sealed class StackTests
{
    private const int Networks = 200;

    [Fact]
    public void Run_RandomStacksAndMasks_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(401);
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < Networks; i++)
        {
            var sample = Sample.DrawStack(random);
            Count(seen, sample.Network);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).Draw(1, i, 0), null, $"network {i}");
        }

        Assert.All(seen, pair => Assert.True(pair.Value > 12, $"only {pair.Value} networks have {pair.Key}"));
        Assert.Equal(6 + 7, seen.Count);
    }

    [Fact]
    public void Run_RandomStacksAndMasksOfEachExample_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(403);
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.DrawStack(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 5, i, 0, sample.Batch);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).FillForTraining(), masks, $"network {i}");
        }
    }

    [Fact]
    public void Run_RandomStacksAtInference_EqualsTheWholeNetwork()
    {
        var random = new Random(405);
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.DrawStack(random);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).Fill(), null, $"network {i}");
        }
    }

    [Fact]
    public void Forward_AtInference_IsTheSameForARowAloneAndInABatch()
    {
        var random = new Random(407);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.DrawStack(random);
            var (replica, inputs, classes) = (sample.Full(), sample.Network.Inputs, sample.Network.Outputs);
            var together = replica.Forward(sample.Rows, sample.Batch).ToArray();
            for (var row = 0; row < sample.Batch; row++)
            {
                Bits.AssertEqual(
                    together.AsSpan(row * classes, classes).ToArray(),
                    replica.Forward(sample.Rows.AsSpan(row * inputs, inputs), 1).ToArray(), $"row {row} of network {i}");
            }

            Bits.AssertEqual(together, replica.Forward(sample.Rows, sample.Batch).ToArray(), $"network {i}, twice");
        }
    }

    private static void Count(Dictionary<string, int> seen, Network network)
    {
        var elements = network.Stages.OfType<ElementStage>().ToList();
        List<(string Name, bool Has)> traits =
        [
            ("normalized maps", elements.Any(stage => stage is { Normalization: not null, Input.Area: > 1 })),
            ("normalized features", elements.Any(stage => stage is { Normalization: not null, Input.Area: 1 })),
            ("pooling behind normalization", elements.Any(stage => stage is { Normalization: not null, Pool: not null })),
            ("classic dropout", network.Sites.Any(site => site is { Rate: > 0, IsClassic: true })),
            ("dropout behind normalization", elements.Any(stage => stage is { Normalization: not null, Output.Rate: > 0 })),
            ("pooling as a stage", network.Stages.Any(stage => stage is PoolStage)),
            .. LayerCatalogue.All.All.Where(kind => kind.Type.IsSubclassOf(typeof(ActivationLayer)))
                .Select(kind => ($"{kind.Name} as a stage", elements.Any(stage => stage.Activation?.GetType() == kind.Type))),
        ];
        foreach (var (name, has) in traits) seen[name] = seen.GetValueOrDefault(name) + (has ? 1 : 0);
    }
}
