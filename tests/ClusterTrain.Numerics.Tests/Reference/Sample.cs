using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>A random network with parameters, rows in [0, 1] and labels.</summary>
internal sealed class Sample
{
    public Sample(Random random, Network network, int batch)
    {
        Network = network;
        Batch = batch;
        Parameters = Values(random, network.ParameterCount, -0.6, 0.6);
        foreach (var tensor in network.Tensors.Where(tensor => tensor.IsStatistic))
        {
            for (var i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
                Parameters[i] = Math.Abs(Parameters[i]) + 0.1f; // Variances are above 0.
        }

        Rows = Values(random, batch * network.Inputs, 0, 1);
        Labels = [.. Enumerable.Range(0, batch).Select(_ => (byte)random.Next(network.Outputs))];
    }

    public Network Network { get; }

    public int Batch { get; }

    public float[] Parameters { get; }

    public float[] Rows { get; }

    public byte[] Labels { get; }

    public NaiveNetwork Naive => new(Network, Masks.ToDouble(Parameters));

    /// <summary>Dense layers with ReLU and dropout between them: units and drop rates of the inputs and hidden layers.</summary>
    public static Network Mlp((int Units, double Rate)[] sites, int classes, bool relu = true)
    {
        var layers = new List<LayerDefinition>();
        for (var i = 0; i < sites.Length; i++)
        {
            if (i > 0)
                layers.Add(new DenseLayer { Units = sites[i].Units });
            if (i > 0 && relu)
                layers.Add(new ReluLayer());
            if (sites[i].Rate > 0)
                layers.Add(new DropoutLayer { Rate = sites[i].Rate });
        }

        return Network.Build(sites[0].Units, [.. layers, new DenseLayer { Units = classes }]);
    }

    /// <summary>0 to 3 hidden layers of 1 to 40 units, a drop rate of 0 to 0.8 or none at each site.</summary>
    public static Sample Draw(Random random)
    {
        (int, double)[] sites =
        [
            .. Enumerable.Range(0, 1 + random.Next(4))
                .Select(_ => (1 + random.Next(40), random.Next(3) == 0 ? 0 : 0.8 * random.NextDouble())),
        ];
        return new Sample(random, Mlp(sites, 2 + random.Next(12), relu: random.Next(4) > 0), 1 + random.Next(9));
    }

    /// <summary>One or two convolutions, some padded, strided, pooled or dropping channels, then two dense layers.</summary>
    public static Sample DrawCnn(Random random)
    {
        var input = new MapShape(1 + random.Next(3), 6 + random.Next(8), 6 + random.Next(8));
        List<LayerDefinition> layers = random.Next(3) == 0 ? [new DropoutLayer { Rate = 0.3 }] : [];
        var map = input;
        for (var i = 0; i < 1 + random.Next(2); i++)
        {
            var conv = new Conv2dLayer
            {
                Channels = 1 + random.Next(7), Kernel = 1 + random.Next(3), Padding = random.Next(3), Stride = 1 + random.Next(2),
            };
            layers.Add(conv);
            map = conv.Window.Over(map, conv.Channels);
            if (random.Next(4) > 0) layers.Add(new ReluLayer());
            var pool = new MaxPoolLayer { Size = 2, Stride = random.Next(3) == 0 ? 1 : 2 };
            if (random.Next(3) > 0 && pool.Window.Fits(map))
            {
                layers.Add(pool);
                map = pool.Window.Over(map, map.Channels);
            }

            if (random.Next(2) == 0) layers.Add(new DropoutLayer { Rate = 0.4 });
            if (Math.Min(map.Height, map.Width) < 3) break;
        }

        layers.AddRange(
        [
            new FlattenLayer(), new DenseLayer { Units = 1 + random.Next(9) }, new ReluLayer(),
            new DropoutLayer { Rate = 0.3 }, new DenseLayer { Units = 2 + random.Next(5) },
        ]);
        return new Sample(random, Network.Build(input, layers), 1 + random.Next(5));
    }

    /// <summary>
    /// Any layers that may follow each other: convolutions and dense layers, normalized or not, with every activation, pooled
    /// or not, with dropout, classic dropout or none.
    /// </summary>
    public static Sample DrawStack(Random random)
    {
        var input = random.Next(2) == 0
            ? MapShape.Flat(1 + random.Next(30)) : new MapShape(1 + random.Next(3), 6 + random.Next(6), 6 + random.Next(6));
        List<LayerDefinition> layers = [.. Dropout(random)];
        var map = input;
        if (input.Area > 1)
        {
            for (var i = 0; i < 1 + random.Next(2); i++)
            {
                var conv = new Conv2dLayer { Channels = 1 + random.Next(6), Kernel = 1 + random.Next(3), Padding = random.Next(2) };
                map = conv.Window.Over(map, conv.Channels);
                var pool = new MaxPoolLayer { Size = 2, Stride = 1 + random.Next(2) };
                var pools = random.Next(2) == 0 && pool.Window.Fits(map);
                var activatesLast = random.Next(3) == 0;
                layers.AddRange([conv, .. Normalization(random), .. activatesLast ? [] : Activation(random)]);
                if (pools) layers.Add(pool);
                if (pools) map = pool.Window.Over(map, map.Channels);
                if (pools && pool.Window.Fits(map) && random.Next(2) == 0)
                {
                    layers.Add(pool);
                    map = pool.Window.Over(map, map.Channels);
                }

                layers.AddRange([.. activatesLast ? Activation(random) : [], .. Dropout(random)]);
                if (Math.Min(map.Height, map.Width) < 3) break;
            }

            layers.Add(new FlattenLayer());
        }

        for (var i = 0; i < random.Next(3); i++)
        {
            layers.AddRange([
                new DenseLayer { Units = 1 + random.Next(20) }, .. Normalization(random), .. Activation(random),
                .. Dropout(random)]);
        }

        layers.Add(new DenseLayer { Units = 2 + random.Next(6) });
        return new Sample(random, Network.Build(input, layers), 6 + random.Next(6));
    }

    private static LayerDefinition[] Normalization(Random random) =>
        random.Next(2) == 0 ? [] : [new BatchNormLayer { Epsilon = 0.001 + (0.01 * random.NextDouble()) }];

    // Any kind that the catalogue has; the usual one more often.
    private static LayerDefinition[] Activation(Random random)
    {
        var kinds = LayerCatalogue.All.BuiltIn.Where(kind => kind.Type.IsSubclassOf(typeof(ActivationLayer))).ToArray();
        var choice = random.Next(kinds.Length + 3);
        if (choice >= kinds.Length) return choice == kinds.Length ? [] : [new ReluLayer()];
        return [kinds[choice].Create() is LeakyReluLayer ? new LeakyReluLayer { Slope = 0.05 + (0.4 * random.NextDouble()) } : kinds[choice].Create()];
    }

    private static LayerDefinition[] Dropout(Random random) => random.Next(2) == 0
        ? [] : [new DropoutLayer { Rate = 0.6 * random.NextDouble(), Classic = random.Next(3) == 0 }];

    public static float[] Values(Random random, int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(low + ((high - low) * random.NextDouble())))];

    public Replica Bind(IMatrixProducts products, ReplicaMask mask, ExampleMasks? exampleMasks = null)
    {
        var replica = new Replica(Network, products, Batch);
        replica.Bind(Parameters, mask, exampleMasks);
        return replica;
    }

    public Replica Full(IMatrixProducts? products = null) =>
        Bind(products ?? new ManagedProducts(), new ReplicaMask(Network).Fill());

    /// <summary>Logits, parameter gradient of the mean loss, losses, and input gradient of the summed loss.</summary>
    /// <param name="rows">[batch, kept inputs].</param>
    public ReplicaRun Run(Replica replica, ReplicaMask mask, float[] rows, float smoothing = 0)
    {
        var run = new ReplicaRun
        {
            Logits = replica.Forward(rows, Batch).ToArray(),
            Gradient = new float[mask.ParameterCount],
            Losses = new float[Batch],
            InputGradient = new float[rows.Length],
        };
        replica.Gradient(rows, Labels, smoothing, run.Gradient, run.Losses, new byte[Batch]);
        replica.InputGradient(rows, Labels, run.InputGradient);
        return run;
    }
}
