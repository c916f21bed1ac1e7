using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Export;
using ClusterTrain.Runs.Export.Onnx;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Tests.Export;

public sealed class OnnxTests
{
    private const int Rows = 17;

    // Trained, so that no layer is near its symmetric start; every kind of network that the other tests train.
    [Theory]
    [MemberData(nameof(TinyRuns.Names), MemberType = typeof(TinyRuns))]
    public void Model_AnyTinyRun_HasTheReplicasLogits(string name)
    {
        var context = TinyRuns.Context(name);
        var model = new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;

        AssertSameLogits(MapShape.Of(TinyRuns.Data.InputShape), context.Spec.Network.Layers, model.Network, model.Parameters.Memory);
    }

    [Fact]
    public void Model_ConvolutionsOfAllKinds_HasTheReplicasLogits()
    {
        LayerDefinition[] layers =
        [
            new Conv2dLayer { Channels = 3, Kernel = 3, Padding = 2, Stride = 2 }, new MaxPoolLayer { Size = 3, Stride = 2 },
            new ReluLayer(), new DropoutLayer(),
            new Conv2dLayer { Channels = 4, Kernel = 2, Padding = 1 }, new ReluLayer(), new MaxPoolLayer { Size = 2 },
            new FlattenLayer(), new DenseLayer { Units = 5 }, new ReluLayer(), new DenseLayer { Units = 7 },
        ];
        var input = new MapShape(2, 13, 11);
        var network = Network.Build(input, layers);
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, 5);

        var onnx = AssertSameLogits(input, layers, network, parameters);

        Assert.Equal(["Conv", "MaxPool", "Relu", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Relu", "Gemm"], onnx.Operators);
        Assert.Equal([2, 13, 11], onnx.Input.Shape);
    }

    [Fact]
    public void Model_Header_SaysFormatOperatorsAndNames()
    {
        LayerDefinition[] layers = [new DropoutLayer { Rate = 0.2 }, new DenseLayer { Units = 3 }];
        var network = Network.Build(200, layers);

        var onnx = new OnnxEvaluator(OnnxFile.Model(OnnxGraph.Of(MapShape.Flat(200), layers, network, new float[network.ParameterCount]), "run", [("spec", "abc")]));

        Assert.Equal(8, onnx.Model.Number(1));
        Assert.Equal("ClusterTrain", onnx.Model.Text(2));
        Assert.Equal(("", 13L), (onnx.Model.Message(8).Text(1), onnx.Model.Message(8).Number(2)));
        Assert.Equal(("spec", "abc"), (onnx.Model.Message(14).Text(1), onnx.Model.Message(14).Text(2)));
        Assert.Equal("run", onnx.Model.Message(7).Text(2));
        Assert.Equal(["Gemm"], onnx.Operators);
        Assert.Equal(("input", "batch", "200"), (onnx.Input.Name, onnx.Input.Batch, string.Join(' ', onnx.Input.Shape)));
        Assert.Equal(("logits", "batch", "3"), (onnx.Output.Name, onnx.Output.Batch, string.Join(' ', onnx.Output.Shape)));
        Assert.Equal(["1.weight", "1.bias"], onnx.Model.Message(7).Messages(5).Select(tensor => tensor.Text(8)));
    }

    // From the description of the format: 150 is 96 01, a negative number takes ten bytes, "testing" its length first.
    [Fact]
    public void ProtoWriter_ExamplesOfTheFormat_HaveItsBytes()
    {
        Assert.Equal([0x08, 0x96, 0x01], new ProtoWriter().Number(1, 150).Bytes.ToArray());
        Assert.Equal([0x10, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], new ProtoWriter().Number(2, -2).Bytes.ToArray());
        Assert.Equal([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67], new ProtoWriter().Text(2, "testing").Bytes.ToArray());
        Assert.Equal([0x1A, 0x03, 0x08, 0x96, 0x01], new ProtoWriter().Message(3, inner => inner.Number(1, 150)).Bytes.ToArray());
        Assert.Equal([0xA0, 0x01, 0x00], new ProtoWriter().Number(20, 0).Bytes.ToArray());
    }

    private static OnnxEvaluator AssertSameLogits(
        MapShape input, IReadOnlyList<LayerDefinition> layers, Network network, ReadOnlyMemory<float> parameters)
    {
        var rows = new float[Rows * input.Features];
        new RandomStream(3, RandomPurpose.Audit, 0).FillUniform(rows, 0f, 1f);
        var replica = new Replica(network, new ManagedProducts(), Rows);
        replica.Bind(parameters, new ReplicaMask(network).Fill());
        var expected = replica.Forward(rows, Rows).ToArray();

        var onnx = new OnnxEvaluator(OnnxFile.Model(OnnxGraph.Of(input, layers, network, parameters), "x", []));
        var logits = onnx.Run(rows, Rows);

        Assert.Equal(expected.Length, logits.Length);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i], logits[i], 1e-5 * Math.Max(1, Math.Abs(logits[i])));
        Assert.True(expected.Distinct().Count() > Rows, "logits that are all alike compare nothing");
        return onnx;
    }
}
