using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Export.Onnx;

/// <summary>One operation: it reads and writes values by name.</summary>
/// <param name="Operator">As in the ONNX operator list: <c>Gemm</c>, <c>Conv</c>.</param>
/// <param name="Inputs">The value, then parameters.</param>
/// <param name="Attributes">Whole numbers, lists of such, and floats; all that these operators need.</param>
public sealed record OnnxNode(
    string Operator, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes);

/// <param name="Values">One number for an attribute that is no list.</param>
public sealed record OnnxAttribute(string Name, bool IsList, IReadOnlyList<long> Values)
{
    public static OnnxAttribute Of(string name, long value) => new(name, false, [value]);

    /// <summary>The value of a float; null for whole numbers.</summary>
    public float? Real { get; private init; }

    public static OnnxAttribute Float(string name, double value) => new(name, false, []) { Real = (float)value };

    public static OnnxAttribute List(string name, params long[] values) => new(name, true, values);
}

/// <summary>A tensor that is part of the model.</summary>
public sealed record OnnxTensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);

/// <summary>
/// A network as operations of ONNX, in inference mode: dropout is nothing there, or a factor when it is the classic one. Parameters keep the names they have in
/// checkpoints; the value after layer i of the spec is <c>layer-i</c>.
/// </summary>
/// <param name="InputShape">Of one row: [features], or [channels, height, width] when the network reads maps.</param>
public sealed record OnnxGraph(
    IReadOnlyList<int> InputShape, int Classes, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Tensors)
{
    public const string Input = "input";
    public const string Output = "logits";

    /// <param name="input">Shape of one example.</param>
    /// <param name="layers">As in the spec.</param>
    /// <param name="network">The same layers, resolved.</param>
    /// <param name="parameters">Its flat vector.</param>
    /// <exception cref="ExportException">A layer has no translation.</exception>
    public static OnnxGraph Of(
        MapShape input, IReadOnlyList<LayerDefinition> layers, Network network, ReadOnlyMemory<float> parameters)
    {
        var first = LayerWalk.InputOf(input, layers);
        var (value, nodes) = (Input, new List<OnnxNode>());
        foreach (var (index, layer) in layers.Index())
        {
            if (Translate(layer, index, value) is not { } node) continue;
            value = index == layers.Count - 1 ? Output : FormattableString.Invariant($"layer-{index}");
            nodes.Add(node with { Output = value });
        }

        return new(
            network.Stages[0] is ConvStage ? [first.Channels, first.Height, first.Width] : [first.Features],
            network.Outputs,
            nodes,
            [
                .. network.Tensors.Select(tensor => new OnnxTensor(tensor.Name, tensor.Shape, parameters.Slice(tensor.Offset, tensor.Length))),
                .. layers.Index().Where(layer => ScalesAtInference(layer.Item))
                    .Select(layer => new OnnxTensor(Keep(layer.Index), [1], new[] { (float)(1 - ((LayerDefinition.Dropout)layer.Item).Rate) })),
            ]);
    }

    /// <summary>The operation of one layer, or null for one that does nothing in inference. A new kind of layer adds its line here.</summary>
    private static OnnxNode? Translate(LayerDefinition layer, int index, string value)
    {
        var (weight, bias) = (FormattableString.Invariant($"{index}.weight"), FormattableString.Invariant($"{index}.bias"));
        return layer switch
        {
            // y = x W^T + b
            LayerDefinition.Dense => Node("Gemm", [value, weight, bias], OnnxAttribute.Of("transB", 1)),
            LayerDefinition.Conv2d conv => Node(
                "Conv", [value, weight, bias], OnnxAttribute.List("kernel_shape", conv.Kernel, conv.Kernel),
                OnnxAttribute.List("strides", conv.Stride, conv.Stride),
                OnnxAttribute.List("pads", conv.Padding, conv.Padding, conv.Padding, conv.Padding)),
            LayerDefinition.MaxPool pool => Node(
                "MaxPool", [value], OnnxAttribute.List("kernel_shape", pool.Size, pool.Size),
                OnnxAttribute.List("strides", StrideOf(pool), StrideOf(pool))),
            LayerDefinition.Flatten => Node("Flatten", [value], OnnxAttribute.Of("axis", 1)),
            LayerDefinition.Relu => Node("Relu", [value]),
            LayerDefinition.LeakyRelu leaky => Node("LeakyRelu", [value], OnnxAttribute.Float("alpha", leaky.Slope)),
            LayerDefinition.Tanh => Node("Tanh", [value]),
            LayerDefinition.Sigmoid => Node("Sigmoid", [value]),
            LayerDefinition.BatchNorm norm => Node(
                "BatchNormalization",
                [value, weight, bias, FormattableString.Invariant($"{index}.running_mean"), FormattableString.Invariant($"{index}.running_var")],
                OnnxAttribute.Float("epsilon", norm.Epsilon)),
            _ when ScalesAtInference(layer) => Node("Mul", [value, Keep(index)]),
            LayerDefinition.Dropout or LayerDefinition.DropConnect => null,
            _ => throw new ExportException($"network.layers[{index}]: a layer of the type {layer.GetType().Name} cannot be exported to ONNX yet"),
        };
    }

    private static bool ScalesAtInference(LayerDefinition layer) => layer is LayerDefinition.Dropout { Classic: true, Rate: > 0 };

    private static string Keep(int index) => FormattableString.Invariant($"{index}.keep");

    private static int StrideOf(LayerDefinition.MaxPool pool) => pool.Stride == 0 ? pool.Size : pool.Stride;

    private static OnnxNode Node(string name, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes) =>
        new(name, inputs, "", attributes);
}
