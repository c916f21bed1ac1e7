using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

/// <summary>A cut-out replica computes what the masked dense network computes.</summary>
public sealed class ThinnedReplicaTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void Run_RandomNetworksAndMasks_EqualsTheMaskedDenseNetwork(float smoothing)
    {
        var random = new Random(201);
        var mixed = 0;
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.Draw(random);
            var mask = new ReplicaMask(sample.Network).Draw(1, i, 0);
            mixed += mask.IsFull ? 0 : 1;
            AssertEqualsDense(sample, mask, smoothing, $"network {i}");
        }

        Assert.InRange(mixed, 30, 60);
    }

    [Fact]
    public void Run_RandomConvolutionsAndMasks_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(207);
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.DrawCnn(random);
            AssertEqualsDense(sample, new ReplicaMask(sample.Network).Draw(1, i, 0), 0.1f, $"network {i}");
        }
    }

    [Theory]
    [InlineData(new int[0], new[] { 0, 2 })]
    [InlineData(new[] { 1 }, new int[0])]
    [InlineData(new int[0], new int[0])]
    public void Run_NoChannelKept_EqualsTheMaskedDenseNetwork(int[] inputs, int[] channels)
    {
        LayerDefinition[] layers =
        [
            new DropoutLayer(), new Conv2dLayer { Channels = 3, Padding = 1 }, new ReluLayer(),
            new MaxPoolLayer(), new DropoutLayer(), new FlattenLayer(),
            new DenseLayer { Units = 3 },
        ];
        var sample = new Sample(new Random(209), Network.Build(new MapShape(2, 6, 7), layers), 4);
        AssertEqualsDense(sample, new ReplicaMask(sample.Network).Set([inputs, channels, [0, 1, 2]]), 0.05f, "channels");
    }

    public static TheoryData<string, int[][]> Extremes => new()
    {
        { "no input", [[], [1, 4], [0, 2, 3]] },
        { "one whole hidden layer dropped", [[0, 1, 2, 3, 4, 5], [], [0, 2, 3]] },
        { "the last hidden layer dropped", [[0, 2], [0, 1, 2, 3, 4], []] },
        { "everything dropped", [[], [], []] },
        { "everything kept", [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4], [0, 1, 2, 3]] },
        { "one unit a layer", [[5], [4], [3]] },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Run_ExtremeMask_EqualsTheMaskedDenseNetwork(string what, int[][] kept)
    {
        var sample = new Sample(new Random(203), Sample.Mlp([(6, 0.2), (5, 0.5), (4, 0.8)], 3), 7);
        var mask = new ReplicaMask(sample.Network).Set([.. kept, [0, 1, 2]]);

        AssertEqualsDense(sample, mask, 0.05f, what);
    }

    [Fact]
    public void Bind_OneReplicaForManyMasks_KeepsNothingOfTheLast()
    {
        var sample = new Sample(new Random(205), Sample.Mlp([(30, 0.3), (40, 0.5), (20, 0.3)], 10), 6);
        var replica = sample.Full();
        for (var step = 0; step < 20; step++)
        {
            var mask = new ReplicaMask(sample.Network).Draw(1, step, 0);
            var rows = Masks.Cut(mask.Inputs, sample.Rows, 6);
            replica.Bind(sample.Parameters, mask);
            var (used, fresh) = (sample.Run(replica, mask, rows), sample.Run(sample.Bind(new ManagedProducts(), mask), mask, rows));

            Bits.AssertEqual(fresh.Gradient, used.Gradient, "gradient");
            Bits.AssertEqual(fresh.InputGradient, used.InputGradient, "input gradient");
        }
    }

    private static void AssertEqualsDense(Sample sample, ReplicaMask mask, float smoothing, string what)
    {
        var factors = Masks.Factors(mask, sample.Batch);
        var rows = Masks.ToDouble(sample.Rows);
        var naive = sample.Naive;
        var training = naive.Run(rows, sample.Labels, factors, smoothing, 1.0 / sample.Batch);
        var attack = naive.Run(rows, sample.Labels, factors);
        IMatrixProducts[] backends = [new ManagedProducts(), new NaiveProducts()];
        foreach (var products in backends)
        {
            var run = sample.Run(
                sample.Bind(products, mask), mask, Masks.Cut(mask.Inputs, sample.Rows, sample.Batch), smoothing);

            Close.AssertEqual(training.Logits, run.Logits, 1e-5, $"logits of {what}");
            Close.AssertEqual(training.Losses, run.Losses, 1e-5, $"losses of {what}");
            Close.AssertEqual(training.Gradient, Masks.Scatter(mask, run.Gradient), 1e-5, $"gradient of {what}");
            Close.AssertEqual(
                attack.InputGradient, Masks.Widen(mask.Inputs, run.InputGradient, sample.Batch), 1e-5, $"inputs of {what}");
        }
    }
}
