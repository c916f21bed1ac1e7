using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Export.Onnx;
using ClusterTrain.Runs.Import;
using ClusterTrain.Runs.Tests.Export;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Runs.Tests.Import;

public sealed class OnnxNetworkTests
{
    private const int Rows = 2;

    // One of the shipped networks is one of those with a name, and large.
    public static TheoryData<string> Names() => [.. ExportedNetworks.Names.Where(name => name != "cifar10-preactresnet18-pgd.yaml")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_ExportedAndRead_HasTheSameLogits(string name)
    {
        var (spec, input) = ExportedNetworks.Of(name);
        var (network, parameters) = Drawn(MapShape.Of(input), spec.Network.Layers);
        var graph = OnnxGraph.Of(MapShape.Of(input), spec.Network.Layers, network, parameters);

        var read = OnnxNetwork.Of(OnnxFile.Model(graph, "run", []), "model.onnx");

        var expected = Logits(network, parameters);
        AssertClose(expected, Logits(read), 1e-5);
        Assert.True(expected.Distinct().Count() > Rows, "logits that are all alike compare nothing");
    }

    // Where no scale of classic dropout is folded in, every number is the one that was written.
    [Theory]
    [InlineData("conv2d")]
    [InlineData("pools")]
    [InlineData("norms of maps")]
    [InlineData("mnist-pgd.yaml")]
    [InlineData("resnet20")]
    public void Network_ExportedAndRead_HasTheSameBits(string name)
    {
        var (spec, input) = ExportedNetworks.Of(name);
        var (network, parameters) = Drawn(MapShape.Of(input), spec.Network.Layers);

        var read = OnnxNetwork.Of(OnnxFile.Model(OnnxGraph.Of(MapShape.Of(input), spec.Network.Layers, network, parameters), "run", []), "model.onnx");

        Assert.Equal(Logits(network, parameters), Logits(read));
    }

    [Fact]
    public void Network_OfAScaledTable_ReadsTheValuesOfTheFile()
    {
        LayerDefinition[] layers = [.. SpecText.Load("name: x\nnetwork: { layers: [{ type: dense, units: 3 }] }").Spec!.Network.Layers];
        var (network, parameters) = Drawn(MapShape.Flat(2), layers);
        var graph = OnnxGraph.Of(MapShape.Flat(2), layers, network, parameters, new DataScaling(ScaleChoice.Standard, [100, -5], [20, 0.5]));

        var read = OnnxNetwork.Of(OnnxFile.Model(graph, "run", []), "model.onnx");

        AssertClose(Logits(network, parameters, [1.5f, -0.5f]), Logits(read, [130, -5.25f]), 1e-5);
    }

    // As Keras's models are exported: channels last, a matrix product and a sum, folded in where they belong.
    [Fact]
    public void Network_WithChannelsLast_IsThatOfItsWeightsReordered()
    {
        var (weight, dense) = (Numbers(2 * 3 * 3 * 3, 1), Numbers(2 * 2 * 2 * 3, 2));
        var graph = new OnnxGraph(
            [4, 4, 3], 3,
            [
                Node("Transpose", ["input"], "t", OperationAttribute.List("perm", 0, 3, 1, 2)),
                Node("Conv", ["t", "w"], "c", OperationAttribute.List("kernel_shape", 3, 3)),
                Node("Transpose", ["c"], "u", OperationAttribute.List("perm", 0, 2, 3, 1)),
                Node("Reshape", ["u", "flat"], "f"), Node("MatMul", ["f", "d"], "m"), Node("Add", ["m", "b"], "logits"),
            ],
            [
                new("w", [2, 3, 3, 3], weight), new("flat", [2], default, [-1, 8]), new("d", [8, 3], dense), new("b", [3], new float[] { 1, 2, 3 }),
            ]);

        var read = OnnxNetwork.Of(OnnxFile.Model(graph, "keras", []), "keras.onnx");

        Assert.Equal([3, 4, 4], read.InputShape);
        var row = Numbers(48, 3);
        var expected = new double[] { 1, 2, 3 };
        for (var channel = 0; channel < 2; channel++)
            for (var place = 0; place < 4; place++)
                for (var score = 0; score < 3; score++)
                    expected[score] += Filtered(row, weight, channel, place / 2, place % 2) * dense[(((place * 2) + channel) * 3) + score];
        AssertClose([.. expected.Select(value => (float)value)], Logits(read, row), 1e-5);
    }

    [Fact]
    public void Network_WithScalesBetweenLayers_IsTheirProduct()
    {
        float[] weight = [1, 2, 3, 4];
        var graph = new OnnxGraph(
            [2], 2,
            [
                Node("Gemm", ["input", "w"], "a", OperationAttribute.Float("alpha", 2)), Node("Mul", ["a", "two"], "b"), Node("Relu", ["b"], "c"),
                Node("Sub", ["c", "one"], "d"), Node("Gemm", ["d", "w"], "logits", OperationAttribute.Of("transB", 1)),
            ],
            [new("w", [2, 2], weight), new("two", [1, 2], new float[] { 2, 3 }), new("one", [], new float[] { 1 })]);

        var read = OnnxNetwork.Of(OnnxFile.Model(graph, "x", []), "x.onnx");

        // (1, 1) W = (4, 6); times 2, then (2, 3): (16, 36); less 1: (15, 35).
        Assert.Equal([15 + 70, 45 + 140], Logits(read, [1, 1]));
    }

    [Fact]
    public void Transfer_FromANetwork_FillsLayersInTheirOrder()
    {
        LayerDefinition[] layers = Layers("{ type: dropout, rate: 0.2 }, { type: dense, units: 6 }, { type: relu }, { type: dropout }, { type: dense, units: 3 }");
        var (network, parameters) = Drawn(MapShape.Flat(4), layers);
        var read = OnnxNetwork.Of(OnnxFile.Model(OnnxGraph.Of(MapShape.Flat(4), layers, network, parameters), "x", []), "x.onnx");

        var loaded = new float[network.ParameterCount];
        var transfer = LayerTransfer.Of(network, read, new InitializationSpec());
        transfer.Into(loaded);

        Assert.Equal(parameters, loaded);
        Assert.Empty(transfer.Drawn);
        var other = Network.Build(4, Layers("{ type: dense, units: 6 }, { type: relu }, { type: dense, units: 6 }, { type: relu }, { type: dense, units: 3 }"));
        Assert.Contains(
            "x.onnx has 2 layers with weights (0, 2), but the network has 3", Assert.Throws<TransferException>(() => LayerTransfer.Of(other, read, new())).Message, StringComparison.Ordinal);
    }

    internal static Operation Node(string kind, IReadOnlyList<string> inputs, string output, params OperationAttribute[] attributes) =>
        new(kind, inputs, output, attributes);

    internal static float[] Numbers(int count, int seed)
    {
        var numbers = new float[count];
        new RandomStream(seed, RandomPurpose.Audit, 0).FillUniform(numbers, -1f, 1f);
        return numbers;
    }

    private static LayerDefinition[] Layers(string text) => [.. SpecText.Load($"name: x\nnetwork: {{ layers: [{text}] }}").Spec!.Network.Layers];

    private static double Filtered(float[] row, float[] weight, int channel, int top, int left)
    {
        var sum = 0.0;
        for (var input = 0; input < 3; input++)
            for (var place = 0; place < 9; place++)
                sum += row[(((input * 4) + top + (place / 3)) * 4) + left + (place % 3)] * weight[(((channel * 3) + input) * 9) + place];
        return sum;
    }

    // Every kind of parameter away from its symmetric start.
    private static (Network Network, float[] Parameters) Drawn(MapShape input, IReadOnlyList<LayerDefinition> layers)
    {
        var network = Network.Build(input, layers);
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, 5);
        foreach (var (index, tensor) in network.Tensors.Index())
        {
            if (tensor.Shape.Count != 1) continue;
            var values = parameters.AsSpan(tensor.Offset, tensor.Length);
            new RandomStream(9, RandomPurpose.Audit, index).FillUniform(values, 0.5f, 1.5f);
        }

        return (network, parameters);
    }

    private static float[] Logits(OnnxNetwork read, float[]? rows = null)
    {
        var network = Network.Build(MapShape.Of(read.InputShape), read.Layers);
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, 6);
        LayerTransfer.Of(network, read, new InitializationSpec()).Into(parameters);
        return Logits(network, parameters, rows);
    }

    private static float[] Logits(Network network, float[] parameters, float[]? rows = null)
    {
        if (rows is null)
        {
            rows = new float[Rows * network.Inputs];
            new RandomStream(3, RandomPurpose.Audit, 0).FillUniform(rows, 0f, 1f);
        }

        var replica = new Replica(network, new ManagedProducts(), Rows);
        replica.Bind(parameters, new ReplicaMask(network).Fill());
        return replica.Forward(rows, rows.Length / network.Inputs).ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
