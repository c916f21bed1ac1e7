using ClusterTrain.Numerics.Lanes;
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
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>
/// A multi-layer perceptron as a golden file has it: <c>n.weight</c>, <c>n.bias</c> at even n, ReLU between, rows
/// <c>x</c> and classes <c>y</c>. Sizes come from the shapes.
/// </summary>
internal sealed class GoldenNetwork
{
    private readonly string[] _names;

    /// <param name="file">The case.</param>
    /// <param name="rates">Drop rates of the inputs and the hidden layers; none for no dropout.</param>
    public GoldenNetwork(SafetensorsFile file, double[]? rates = null)
        : this(file, MapShape.Flat(file.Shape("x")[1]), [.. Layers(file, Weights(file), rates)])
    {
    }

    private GoldenNetwork(SafetensorsFile file, MapShape input, LayerDefinition[] layers)
    {
        File = file;
        _names = [.. Weights(file).SelectMany(name => new[] { name, name.Replace("weight", "bias", StringComparison.Ordinal) })];
        Network = Network.Build(input, layers);
        Parameters = [.. _names.SelectMany(name => file.Float32(name).ToArray())];
        Assert.Equal(Network.ParameterCount, Parameters.Length);
        Labels = [.. file.Int64("y").ToArray().Select(label => (byte)label)];
    }

    /// <summary>The case <c>cnn</c>: its layers are said in words in the metadata, its sizes are in the shapes.</summary>
    public static GoldenNetwork Cnn(SafetensorsFile file)
    {
        Assert.Equal("conv(2,4,3) relu maxpool2 conv(4,6,3,pad=1) relu flatten linear(120,5)", file.Metadata["net"]);
        LayerDefinition Conv(string name, int padding) =>
            new Conv2dLayer { Channels = file.Shape(name)[0], Kernel = file.Shape(name)[3], Padding = padding };
        var x = file.Shape("x");
        return new GoldenNetwork(
            file,
            new MapShape(x[1], x[2], x[3]),
            [
                Conv("0.weight", 0), new ReluLayer(), new MaxPoolLayer { Size = 2 },
                Conv("3.weight", 1), new ReluLayer(), new FlattenLayer(),
                new DenseLayer { Units = file.Shape("6.weight")[0] },
            ]);
    }

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    public SafetensorsFile File { get; }

    public Network Network { get; }

    public float[] Parameters { get; }

    public byte[] Labels { get; }

    public Replica Bind(VectorWidth width, ReplicaMask mask)
    {
        var replica = new Replica(Network, new ManagedProducts(width), Labels.Length);
        replica.Bind(Parameters, mask);
        return replica;
    }

    /// <summary>Compares a gradient over all parameters with <c>grad.n.weight</c> and <c>grad.n.bias</c>.</summary>
    public void ShouldAgree(ReadOnlySpan<float> gradient)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            var tensor = Network.Tensors[i];
            Agreement.ShouldAgree(gradient.Slice(tensor.Offset, tensor.Length), File.Float32($"grad.{_names[i]}"));
        }
    }

    private static string[] Weights(SafetensorsFile file) =>
        [.. Enumerable.Range(0, file.Tensors.Count).Select(n => $"{n}.weight").Where(file.Contains)];

    private static IEnumerable<LayerDefinition> Layers(SafetensorsFile file, string[] weights, double[]? rates)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            if (rates is not null)
                yield return new DropoutLayer { Rate = rates[i] };
            yield return new DenseLayer { Units = file.Shape(weights[i])[0] };
            if (i < weights.Length - 1)
                yield return new ReluLayer();
        }
    }
}
