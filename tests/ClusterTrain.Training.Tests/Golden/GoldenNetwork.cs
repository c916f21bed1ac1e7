using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Safetensors;

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
    {
        File = file;
        var weights = Enumerable.Range(0, file.Tensors.Count).Select(n => $"{2 * n}.weight").TakeWhile(file.Contains).ToArray();
        _names = [.. weights.SelectMany(name => new[] { name, name.Replace("weight", "bias", StringComparison.Ordinal) })];
        Network = Network.Build(file.Shape("x")[1], [.. Layers(file, weights, rates)]);
        Parameters = [.. _names.SelectMany(name => file.Float32(name).ToArray())];
        Assert.Equal(Network.ParameterCount, Parameters.Length);
        Labels = [.. file.Int64("y").ToArray().Select(label => (byte)label)];
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

    private static IEnumerable<LayerDefinition> Layers(SafetensorsFile file, string[] weights, double[]? rates)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            if (rates is not null)
                yield return new LayerDefinition.Dropout { Rate = rates[i] };
            yield return new LayerDefinition.Dense { Units = file.Shape(weights[i])[0] };
            if (i < weights.Length - 1)
                yield return new LayerDefinition.Relu();
        }
    }
}
