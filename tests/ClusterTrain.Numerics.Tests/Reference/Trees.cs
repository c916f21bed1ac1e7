using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>Random networks with residual blocks: every kind of branch, norm, pooling and dropout inside and behind them.</summary>
internal static class Trees
{
    /// <summary>One that can stand; others are drawn again.</summary>
    public static Sample Draw(Random random)
    {
        while (true)
        {
            var input = new MapShape(1 + random.Next(3), 6 + random.Next(4), 6 + random.Next(4));
            var layers = random.Next(5) == 0 ? Features(random) : Maps(random, input);
            if (random.Next(4) == 0) layers.Insert(0, Normalize(random, input));
            if (LayerWalk.Problem(LayerWalk.Over(input, layers)) is null) return new Sample(random, Network.Build(input, layers), 4 + random.Next(4));
        }
    }

    private static List<LayerDefinition> Maps(Random random, MapShape input)
    {
        var channels = 2 + random.Next(4);
        List<LayerDefinition> layers = [Convolution(random, channels, 3, 1)];
        for (var block = 0; block < 1 + random.Next(2); block++)
        {
            if (random.Next(3) > 0)
            {
                layers.Add(new ResidualLayer { Main = Branch(random, channels, channels, 1), Shortcut = [] });
            }
            else
            {
                var (width, stride) = (2 + random.Next(4), 1 + random.Next(2));
                layers.AddRange([.. Norm(random, channels), .. Activation(random)]);
                layers.Add(new ResidualLayer { Main = Branch(random, channels, width, stride), Shortcut = Projection(random, width, stride) });
                channels = width;
                if (random.Next(2) == 0) layers.Add(Dropout(random));
            }

            if (layers[^1] is ResidualLayer && random.Next(3) == 0) layers.Add(new ReluLayer());
            if (layers[^1] is ResidualLayer && random.Next(3) == 0) layers.Add(Dropout(random));
        }

        if (layers[^1] is not DropoutLayer) layers.AddRange([.. Norm(random, channels), .. Activation(random)]);
        if (layers[^1] is DropoutLayer) layers.Add(Convolution(random, channels, 3, 1));
        layers.AddRange(random.Next(3) switch
        {
            0 => [new AvgPoolLayer { Size = 2, Stride = random.Next(3) }, new FlattenLayer()],
            1 => [new MaxPoolLayer { Size = 2 }, new FlattenLayer()],
            _ => [new GlobalAvgPoolLayer(), .. random.Next(2) == 0 ? [Dropout(random)] : Array.Empty<LayerDefinition>()],
        });
        layers.Add(new DenseLayer { Units = 2 + random.Next(4), Bias = random.Next(2) == 0 });
        return layers;
    }

    private static List<LayerDefinition> Features(Random random)
    {
        var units = 4 + random.Next(6);
        return
        [
            new FlattenLayer(), new DenseLayer { Units = units },
            new ResidualLayer
            {
                Main = [.. Norm(random, units), .. Activation(random), new DenseLayer { Units = 5 }, new TanhLayer(), Dropout(random), new DenseLayer { Units = units }],
            },
            .. Norm(random, units), .. Activation(random), .. random.Next(2) == 0 ? [Dropout(random)] : Array.Empty<LayerDefinition>(),
            new DenseLayer { Units = 3 },
        ];
    }

    private static List<LayerDefinition> Branch(Random random, int channels, int width, int stride)
    {
        List<LayerDefinition> layers =
        [
            .. Norm(random, channels), .. Activation(random), Convolution(random, width, 1 + (2 * random.Next(2)), stride),
            .. Norm(random, width), .. Activation(random), .. random.Next(2) == 0 ? [Dropout(random)] : Array.Empty<LayerDefinition>(),
            Convolution(random, width, 3, 1),
        ];
        if (random.Next(4) == 0) layers.Add(new ResidualLayer { Main = [new ReluLayer(), Convolution(random, width, 1, 1)] });
        return layers;
    }

    private static List<LayerDefinition> Projection(Random random, int width, int stride) =>
        [Convolution(random, width, 1, stride), .. random.Next(3) == 0 ? Norm(random, width) : []];

    private static Conv2dLayer Convolution(Random random, int channels, int kernel, int stride) =>
        new() { Channels = channels, Kernel = kernel, Stride = stride, Padding = Padding.Same, Bias = random.Next(2) == 0 };

    private static NormalizeLayer Normalize(Random random, MapShape input) => new()
    {
        Mean = [.. Enumerable.Range(0, input.Channels).Select(_ => random.NextDouble())],
        Deviation = [0.2 + random.NextDouble()],
    };

    private static DropoutLayer Dropout(Random random) => new() { Rate = 0.6 * random.NextDouble(), Classic = random.Next(4) == 0 };

    private static LayerDefinition[] Norm(Random random, int channels) => random.Next(6) switch
    {
        0 => [],
        1 => [new GroupNormLayer { Groups = channels % 2 == 0 ? 2 : channels, Epsilon = 0.05 }],
        2 => [new LayerNormLayer { Epsilon = 0.05 }],
        _ => [new BatchNormLayer { Epsilon = 0.02 }],
    };

    private static LayerDefinition[] Activation(Random random) => random.Next(8) switch
    {
        0 => [],
        1 => [new SiluLayer()],
        2 => [new GeluLayer()],
        3 => [new SoftplusLayer()],
        _ => [new ReluLayer()],
    };
}
