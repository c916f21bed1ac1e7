using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

/// <summary>Random residual networks against the definition in double precision.</summary>
public sealed class TreeTests
{
    private const int Networks = 150;

    [Fact]
    public void Run_RandomTreesAndMasks_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(501);
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < Networks; i++)
        {
            var sample = Trees.Draw(random);
            Count(seen, sample.Network);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).Draw(1, i, 0), null, $"network {i}");
        }

        Assert.All(seen, pair => Assert.True(pair.Value > 5, $"only {pair.Value} networks have {pair.Key}"));
    }

    [Fact]
    public void Run_RandomTreesAndMasksOfEachExample_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(503);
        for (var i = 0; i < 50; i++)
        {
            var sample = Trees.Draw(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 5, i, 0, sample.Batch);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).FillForTraining(), masks, $"network {i}");
        }
    }

    [Fact]
    public void Run_RandomTreesAtInference_EqualsTheWholeNetwork()
    {
        var random = new Random(505);
        for (var i = 0; i < 50; i++)
        {
            var sample = Trees.Draw(random);
            Definition.AssertEquals(sample, new ReplicaMask(sample.Network).Fill(), null, $"network {i}");
        }
    }

    [Fact]
    public void Gradient_Twice_GivesTheSameBits()
    {
        var sample = Trees.Draw(new Random(507));
        var mask = new ReplicaMask(sample.Network).Fill();
        var replica = sample.Bind(new ManagedProducts(), mask);

        Bits.AssertEqual(sample.Run(replica, mask, sample.Rows).Gradient, sample.Run(replica, mask, sample.Rows).Gradient, "gradient");
    }

    private static void Count(Dictionary<string, int> seen, Network network)
    {
        var sums = network.Stages.OfType<SumStage>().ToList();
        List<(string Name, bool Has)> traits =
        [
            ("a sum", sums.Count > 0),
            ("an identity shortcut", sums.Any(sum => network.Stages.Any(stage => stage.Input.Index == sum.Shortcut.Index))),
            ("a shortcut with weights", sums.Any(sum => !network.Stages.Any(stage => stage is not SumStage && stage.Input.Index == sum.Shortcut.Index))),
            ("a sum dropped at both ends", sums.Any(sum => sum is { Input.Rate: > 0, Shortcut.Rate: > 0, Output.Rate: > 0 })),
            ("dropout inside a block", network.Stages.Any(stage => stage is ConvStage { Output.Rate: > 0 })),
            ("dropout where others read", network.Stages.Any(stage => stage is DropStage)),
            ("three sums", sums.Count > 2),
            ("a cut behind a sum", sums.Any(sum => sum.Relu)),
            ("average pooling", network.Stages.Any(stage => stage is AveragePoolStage { Pool: not null })),
            ("global average pooling", network.Stages.Any(stage => stage is AveragePoolStage { Pool: null })),
            ("group normalization", network.Stages.Any(stage => stage is GroupNormStage)),
            ("scaled inputs", network.Stages[0] is NormalizeStage),
            ("a convolution without bias", network.Stages.Any(stage => stage is ConvStage { HasBias: false })),
            ("a convolution of stride 2", network.Stages.Any(stage => stage is ConvStage { Kernel.Stride: 2 })),
        ];
        foreach (var (name, has) in traits) seen[name] = seen.GetValueOrDefault(name) + (has ? 1 : 0);
    }
}
