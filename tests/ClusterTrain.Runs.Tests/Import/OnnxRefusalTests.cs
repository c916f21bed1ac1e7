using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Export.Onnx;
using ClusterTrain.Runs.Import;

namespace ClusterTrain.Runs.Tests.Import;

/// <summary>Models that cannot be read: file, node and what is allowed are named, in one line.</summary>
public sealed class OnnxRefusalTests
{
    private const string File = "model.onnx";

    private static readonly OnnxTensor Kernel = new("w", [2, 1, 3, 3], new float[18]);
    private static readonly OnnxTensor Dense = new("d", [3, 8], new float[24]);
    private static readonly Operation Last = Node("Gemm", ["f", "d"], "logits", OperationAttribute.Of("transB", 1));

    public static TheoryData<string, string> Cases => new()
    {
        { "LSTM", "model.onnx: node '0-LSTM' (LSTM): this operator is not read; allowed: Add, AveragePool," },
        { "groups", "node '0-Conv' (Conv): it has 2 groups; allowed: 1" },
        { "kernel", "node '0-Conv' (Conv): its weight is [2, 1, 3, 3]; [out, 2, height, width] is wanted" },
        { "pads", "node '0-Conv' (Conv): pads [0, 0, 1, 1]; allowed: equal numbers for both directions" },
        { "dilations", "node '0-Conv' (Conv): dilations above 1 are not read" },
        { "large", "node '0-Conv' (Conv): it has a kernel of 3 x 3, larger than the map of 2 x 2 it reads" },
        { "padded pool", "node '0-MaxPool' (MaxPool): it has zeros around its maps (pads 1); allowed: 0" },
        { "ceiling", "node '0-MaxPool' (MaxPool): ceil_mode 1 over maps of 4 x 4 has blocks that stand out; allowed: ceil_mode 0" },
        { "between", "node '0-Add' (Add): its numbers are [4, 4] for rows of [1, 4, 4]; allowed: one for all, or one for each channel or feature" },
        { "stranded", "node '2-Add' (Add): no layer before or behind it takes it in" },
        { "softmax", "node '0-Softmax' (Softmax): it is read over the class scores alone" },
        { "sum", "node '1-Add' (Add): it adds [1, 4, 4] and [2, 2, 2]; allowed: equal shapes, or numbers of the file" },
        { "shared sum", "(Add): what it adds is used by another sum too" },
        { "double", "node '0-Add' (Add): it adds a value to itself" },
        { "no dense", "model.onnx: node '1-GlobalAveragePool' (GlobalAveragePool) is its last layer; allowed: Gemm or MatMul, with one score a class" },
        { "unknown", "node '0-Relu' (Relu): it reads 'nowhere', which no node before it and no tensor is" },
        { "free sides", "model.onnx: the input is 'input' [any, 1, any, 4]; allowed: [rows, features] or [rows, channels, height, width]" },
        { "activated input", "node '0-Relu' (Relu): relu cannot stand here: it follows a layer, not the inputs" },
        { "rows", "node '1-Reshape' (Reshape): it makes [8, -1] of rows of [2, 2, 2]; allowed: [rows, features]" },
        { "external", "model.onnx: the numbers of tensor 'w' are in a file of their own (external data), which is not read" },
        { "text", "model.onnx: tensor 'w' has elements of type 8 of the format; allowed: FLOAT, DOUBLE" },
        { "short", "model.onnx: tensor 'w' of [2, 1, 3, 3] has 72 bytes by its size and 68 in the file" },
        { "huge", "model.onnx: tensor 'w' is [2147483647, 2147483647], which is no size" },
        { "old", "model.onnx: its operators are those of set 6; allowed: 7 and later" },
        { "web page", "model.onnx: " },
        { "empty", "model.onnx: there is no graph in it, so that it is no ONNX model" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_WhatNoLayerHereDoes_IsRefusedByName(string name, string message)
    {
        var refusal = Assert.Throws<ImportException>(() => OnnxNetwork.Of(Model(name), File)).Message;

        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        var whole = Model("plain");
        OnnxNetwork.Of(whole, File);

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ImportException>(() => OnnxNetwork.Of(whole.AsMemory(0, length), File));
    }

    // What the two readers make of any bytes whatever: a network, or one line.
    [Theory]
    [InlineData("plain")]
    [InlineData("residual")]
    public void Read_TwentyThousandMutants_EachIsReadOrRefusedInBoundedMemory(string name)
    {
        var refused = Mutants.Refused<ImportException>(
            Model(name), (_, bytes) => Network.Build(MapShape.Of(OnnxNetwork.Of(bytes, File).InputShape), OnnxNetwork.Of(bytes, File).Layers), 1 << 20, Mutants.Count / 2);

        Assert.InRange(refused, Mutants.Count / 10, Mutants.Count / 2);
    }

    private static byte[] Model(string name)
    {
        var conv = Conv("input");
        var flat = Node("Flatten", ["c"], "f");
        Operation[] plain = [conv, flat, Last];
        (IReadOnlyList<Operation> Nodes, int[]? Input) made = name switch
        {
            "LSTM" => ([conv with { Operator = "LSTM" }, flat, Last], null),
            "groups" => ([Conv("input", OperationAttribute.Of("group", 2)), flat, Last], null),
            "kernel" => (plain, [2, 4, 4]),
            "pads" => ([Conv("input", OperationAttribute.List("pads", 0, 0, 1, 1)), flat, Last], null),
            "dilations" => ([Conv("input", OperationAttribute.List("dilations", 2, 2)), flat, Last], null),
            "large" => (plain, [1, 2, 2]),
            "padded pool" => ([Pool(OperationAttribute.List("pads", 1, 1, 1, 1)), flat, Last], null),
            "ceiling" => ([Pool(OperationAttribute.Of("ceil_mode", 1)), flat, Last], null),
            "between" => ([Node("Add", ["input", "square"], "c"), flat, Last], null),
            "stranded" => ([conv, Node("Sigmoid", ["c"], "s"), Node("Add", ["s", "one"], "b"), Node("Tanh", ["b"], "t"), Node("Flatten", ["t"], "f"), Last], null),
            "softmax" => ([Node("Softmax", ["input"], "c"), flat, Last], null),
            "sum" => ([conv, Node("Add", ["input", "c"], "b"), Node("Flatten", ["b"], "f"), Last], null),
            "shared sum" => ([conv, Node("Relu", ["c"], "r"), Node("Tanh", ["r"], "t"), Node("Add", ["t", "c"], "s"), Node("Add", ["s", "r"], "b"), Node("Flatten", ["b"], "f"), Last], null),
            "double" => ([Node("Add", ["input", "input"], "c"), flat, Last], null),
            "no dense" => ([conv, Node("GlobalAveragePool", ["c"], "logits")], null),
            "unknown" => ([Node("Relu", ["nowhere"], "c"), flat, Last], null),
            "free sides" => (plain, [1, 0, 4]),
            "activated input" => ([Node("Relu", ["input"], "c"), Node("Conv", ["c", "w"], "e"), Node("Flatten", ["e"], "f"), Last], null),
            "rows" => ([conv, Node("Reshape", ["c", "eight"], "f"), Last], null),
            "residual" => (
            [
                conv, Node("BatchNormalization", ["c", "two", "two", "two", "two"], "n"), Node("Sigmoid", ["n"], "s"), Node("Mul", ["n", "s"], "m"),
                Node("Add", ["m", "c"], "b"), Node("Shape", ["b"], "h"), Node("Gather", ["h", "zero"], "g"), Node("Concat", ["g", "minus"], "k"),
                Node("Reshape", ["b", "k"], "f"), Last,
            ], null),
            _ => (plain, null),
        };
        var nodes = made.Nodes;
        var graph = new OnnxGraph(
            made.Input ?? [1, 4, 4], 3, nodes,
            [
                Kernel, Dense, new("square", [4, 4], new float[16]), new("one", [], new float[] { 1 }), new("eight", [2], default, [8, -1]),
                new("two", [2], new float[] { 1, 2 }), new("zero", [], default, [0]), new("minus", [1], default, [-1]),
            ]);
        return name switch
        {
            "web page" => "<!doctype html><title>404</title>"u8.ToArray(),
            "empty" => [],
            "old" => Written(set: 6, Tensor()),
            "external" => Written(13, Tensor().Number(14, 1)),
            "text" => Written(13, new ProtoWriter().Number(2, 8).Text(8, "w").Blob(9, new byte[4])),
            "short" => Written(13, Tensor(new float[17])),
            "huge" => Written(13, new ProtoWriter().Number(1, int.MaxValue).Number(1, int.MaxValue).Number(2, 1).Text(8, "w").Blob(9, [])),
            _ => OnnxFile.Model(graph with { Tensors = [.. graph.Tensors.Where(tensor => nodes.Any(node => node.Inputs.Contains(tensor.Name)))] }, "run", []),
        };
    }

    private static ProtoWriter Tensor(float[]? values = null) =>
        new ProtoWriter().Number(1, 2).Number(1, 1).Number(1, 3).Number(1, 3).Number(2, 1).Text(8, "w").Floats(9, values ?? new float[18]);

    private static byte[] Written(int set, ProtoWriter tensor) => new ProtoWriter()
        .Message(7, graph => graph.Blob(5, tensor.Bytes)).Message(8, operators => operators.Text(1, "").Number(2, set)).Bytes.ToArray();

    private static Operation Conv(string from, params OperationAttribute[] attributes) => Node("Conv", [from, "w"], "c", attributes);

    private static Operation Pool(OperationAttribute attribute) =>
        Node("MaxPool", ["input"], "c", OperationAttribute.List("kernel_shape", 3, 3), OperationAttribute.List("strides", 2, 2), attribute);

    private static Operation Node(string kind, IReadOnlyList<string> inputs, string output, params OperationAttribute[] attributes) =>
        OnnxNetworkTests.Node(kind, inputs, output, attributes);
}
