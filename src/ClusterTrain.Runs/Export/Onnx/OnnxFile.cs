using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Export.Onnx;

/// <summary>
/// Writes a graph as an ONNX model. Field numbers are those of onnx.proto3 (github.com/onnx/onnx), version 8 of the
/// format with operator set 13.
/// </summary>
public static class OnnxFile
{
    public const int FormatVersion = 8;
    public const int OperatorSet = 13;
    private const int Float = 1;
    private const int Int64 = 7;
    private const int AttributeIsFloat = 1;
    private const int AttributeIsInt = 2;
    private const int AttributeIsInts = 7;
    private const string Batch = "batch";

    /// <exception cref="FileFailureException">The file cannot be written.</exception>
    /// <exception cref="ExportException">The model is larger than a file of this format may be.</exception>
    public static void Write(string path, OnnxGraph graph, string name, IReadOnlyList<(string Key, string Value)> metadata)
    {
        // A message of Protocol Buffers is at most 2 GiB.
        if (graph.Tensors.Sum(tensor => 4L * tensor.Values.Length) > int.MaxValue - (1 << 20))
            throw new ExportException("the model has more than 2 GiB of weights, which one ONNX file cannot hold; --safetensors can");
        AtomicFile.Write(path, Model(graph, name, metadata));
    }

    internal static byte[] Model(OnnxGraph graph, string name, IReadOnlyList<(string Key, string Value)> metadata)
    {
        var model = new ProtoWriter()
            .Number(1, FormatVersion)
            .Text(2, "ClusterTrain")
            .Text(3, Version())
            .Message(7, body => Graph(body, graph, name))
            .Message(8, set => set.Text(1, "").Number(2, OperatorSet));
        foreach (var (key, value) in metadata)
            model.Message(14, entry => entry.Text(1, key).Text(2, value));
        return model.Bytes.ToArray();
    }

    private static void Graph(ProtoWriter body, OnnxGraph graph, string name)
    {
        foreach (var (index, node) in graph.Nodes.Index())
            body.Message(1, written => Node(written, node, FormattableString.Invariant($"{index}-{node.Operator}")));
        body.Text(2, name);
        foreach (var tensor in graph.Tensors)
            body.Message(5, written => Tensor(written, tensor));
        body.Message(11, value => Value(value, OnnxGraph.Input, graph.InputShape));
        body.Message(12, value => Value(value, OnnxGraph.Output, [graph.Classes]));
    }

    private static void Node(ProtoWriter written, Operation node, string name)
    {
        foreach (var input in node.Inputs) written.Text(1, input);
        written.Text(2, node.Output).Text(3, name).Text(4, node.Operator);
        foreach (var attribute in node.Attributes)
            written.Message(5, body => Attribute(body, attribute));
    }

    private static void Attribute(ProtoWriter body, OperationAttribute attribute)
    {
        body.Text(1, attribute.Name);
        if (attribute.Real is { } real)
        {
            body.Single(2, real).Number(20, AttributeIsFloat);
            return;
        }

        foreach (var value in attribute.Values) body.Number(attribute.IsList ? 8 : 3, value);
        body.Number(20, attribute.IsList ? AttributeIsInts : AttributeIsInt);
    }

    private static void Tensor(ProtoWriter written, OnnxTensor tensor)
    {
        foreach (var side in tensor.Shape) written.Number(1, side);
        if (tensor.Whole is { } whole)
        {
            written.Number(2, Int64).Text(8, tensor.Name);
            foreach (var value in whole) written.Number(7, value);
            return;
        }

        written.Number(2, Float).Text(8, tensor.Name).Floats(9, tensor.Values.Span);
    }

    /// <summary>A float tensor whose first side is any number of rows.</summary>
    private static void Value(ProtoWriter value, string name, IReadOnlyList<int> shape) => value
        .Text(1, name)
        .Message(2, type => type.Message(1, tensor => tensor.Number(1, Float).Message(2, sides =>
        {
            sides.Message(1, side => side.Text(2, Batch));
            foreach (var length in shape) sides.Message(1, side => side.Number(1, length));
        })));

    private static string Version() => typeof(OnnxFile).Assembly.GetName().Version?.ToString(3) ?? "";
}
