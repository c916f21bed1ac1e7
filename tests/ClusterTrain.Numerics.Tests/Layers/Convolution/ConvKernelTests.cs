using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Layers.Convolution;

/// <summary>Convolutions against their definition in plain loops, bit for bit: the order of every sum is part of it.</summary>
public sealed class ConvKernelTests
{
    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_RandomShapes_BitsOfThePlainLoops(VectorWidth width)
    {
        var random = new Random(811);
        for (var i = 0; i < 60; i++)
        {
            var size = 1 + random.Next(4);
            var window = new Window(size, 1 + random.Next(2), random.Next(3));
            var map = new MapShape(1 + random.Next(4), Math.Max(2, size) + random.Next(20), Math.Max(2, size) + random.Next(20));
            AssertBits(random, map, window, 1 + random.Next(20), 1 + random.Next(6), width);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_ReferenceLayers_BitsOfThePlainLoops(VectorWidth width)
    {
        AssertBits(new Random(813), new MapShape(1, 28, 28), new Window(3, 1, 0), 32, 9, width);
        AssertBits(new Random(815), new MapShape(32, 13, 13), new Window(3, 1, 0), 64, 5, width);
        AssertBits(new Random(817), new MapShape(3, 32, 32), new Window(3, 1, 1), 16, 2, width);
        AssertBits(new Random(819), new MapShape(17, 16, 16), new Window(3, 1, 1), 41, 2, width);
        AssertBits(new Random(821), new MapShape(24, 8, 8), new Window(3, 1, 1), 64, 2, width);
    }

    private static void AssertBits(Random random, MapShape map, Window window, int channels, int batch, VectorWidth width)
    {
        var conv = new Conv2dLayer { Channels = channels, Kernel = window.Size, Padding = window.Padding, Stride = window.Stride };
        LayerDefinition[] layers = [conv, new ReluLayer(), new FlattenLayer(), new DenseLayer { Units = 1 }];
        var network = Network.Build(map, layers);
        var stage = (ConvStage)network.Stages[0];
        var kernel = new ConvKernel(stage, new ManagedProducts(width), batch);
        var parameters = Sample.Values(random, network.ParameterCount, -1, 1);
        var x = Sample.Values(random, batch * map.Features, -1, 1);
        var dy = Sample.Values(random, (batch * stage.Output.Features) + StageKernel.Slack, -1, 1);
        var plain = new PlainConvolution(stage, parameters, x, batch);
        var what = $"{map} under {window}, {channels} channels, {batch} images";

        kernel.Bind(parameters, new ReplicaMask(network), draw: null);
        kernel.Forward(x, batch, isTraining: true);
        var y = kernel.Output.Span[..(batch * stage.Output.Features)];
        Bits.AssertEqual(plain.Forward(), y, "outputs of " + what);

        var dz = new float[y.Length];
        for (var i = 0; i < dz.Length; i++) dz[i] = y[i] > 0 ? dy[i] : 0;
        var gradient = new float[stage.Weight.Length + stage.Bias.Length];
        var dx = new float[x.Length];
        kernel.Backward(x, dy.AsSpan(0, dz.Length), batch, gradient, dx);
        Bits.AssertEqual(plain.WeightGradient(dz), gradient.AsSpan(0, stage.Weight.Length), "weight gradient of " + what);
        Bits.AssertEqual(plain.BiasGradient(dz), gradient.AsSpan(stage.Weight.Length), "bias gradient of " + what);
        Bits.AssertEqual(plain.InputGradient(dz), dx, "input gradient of " + what);
        foreach (var other in VectorWidths.Supported) AssertFoldAndSums(stage, plain, dz, batch, other, what);
    }

    private static void AssertFoldAndSums(ConvStage stage, PlainConvolution plain, float[] dz, int batch, VectorWidth width, string what)
    {
        var columns = plain.ColumnGradient(dz);
        var dx = new float[batch * stage.Map.Features];
        new ColumnFolding(stage).Fold(
            width, [.. columns, .. new float[StageKernel.Slack]], batch, 0, stage.Map.Channels, stage.Map.Channels, dx);
        Bits.AssertEqual(plain.InputGradient(dz), dx, $"folding at {width} of {what}");

        // A few channels at a time: none may reach into maps that are there already.
        dx.AsSpan().Clear();
        var ofChannel = columns.Length / stage.Map.Channels;
        for (var channel = 0; channel < stage.Map.Channels; channel += 2)
        {
            var some = Math.Min(2, stage.Map.Channels - channel);
            new ColumnFolding(stage).Fold(
                width, [.. columns.AsSpan(channel * ofChannel, some * ofChannel), .. new float[StageKernel.Slack]],
                batch, channel, some, stage.Map.Channels, dx);
        }

        Bits.AssertEqual(plain.InputGradient(dz), dx, $"folding by channels at {width} of {what}");

        var (sums, biases) = (new ChannelSums(stage.Output.Units), new float[stage.Output.Units]);
        sums.Add(width, dz, batch, stage.Output.Units, stage.Convolved.Area);
        sums.CopyTo(biases);
        Bits.AssertEqual(plain.BiasGradient(dz), biases, $"sums at {width} of {what}");
    }
}
