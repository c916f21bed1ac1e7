using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Data;

namespace ClusterTrain.Runs.Export.Onnx;

/// <summary>A tensor that is part of the model.</summary>
/// <param name="Whole">Whole numbers in place of values; null for most.</param>
public sealed record OnnxTensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values, IReadOnlyList<long>? Whole = null);

/// <summary>
/// A network as operations of ONNX, in inference mode: dropout is nothing there, or a factor when it is the classic one.
/// Parameters keep the names they have in checkpoints; what each layer becomes, the layer says.
/// </summary>
/// <param name="InputShape">Of one row: [features], or [channels, height, width] when the network reads maps.</param>
public sealed record OnnxGraph(
    IReadOnlyList<int> InputShape, int Classes, IReadOnlyList<Operation> Nodes, IReadOnlyList<OnnxTensor> Tensors)
{
    public const string Input = InferenceGraph.Input;
    public const string Output = InferenceGraph.Output;

    private const string Offset = "data.offset";
    private const string Divisor = "data.divisor";

    /// <param name="input">Shape of one example.</param>
    /// <param name="layers">As in the spec.</param>
    /// <param name="network">The same layers, resolved.</param>
    /// <param name="parameters">Its flat vector.</param>
    /// <param name="scaling">What was done to the values of the data set; it becomes the graph's first two operations.</param>
    /// <exception cref="ExportException">A layer has no translation.</exception>
    public static OnnxGraph Of(
        MapShape input, IReadOnlyList<LayerDefinition> layers, Network network, ReadOnlyMemory<float> parameters, DataScaling? scaling = null)
    {
        var first = LayerWalk.InputOf(input, layers);
        var graph = Described(LayerWalk.Over(input, layers));
        return new(
            LayerWalk.ReadsFeatures(layers) ? [first.Features] : [first.Channels, first.Height, first.Width],
            network.Outputs,
            scaling is null ? graph.Operations : Scaled(graph.Operations),
            [
                .. scaling is null ? [] : Numbers(scaling, LayerWalk.ReadsFeatures(layers) ? 1 : 3),
                .. network.Tensors.Select(tensor => new OnnxTensor(tensor.Name, tensor.Shape, parameters.Slice(tensor.Offset, tensor.Length))),
                .. graph.Constants.Select(constant => new OnnxTensor(constant.Name, constant.Shape, constant.Values.ToArray(), constant.Whole)),
            ]);
    }

    // The values of the file go in, as they do when the data set is read.
    private static IReadOnlyList<Operation> Scaled(IReadOnlyList<Operation> operations) =>
    [
        new("Sub", [Input, Offset], "data-centred", []),
        new("Div", ["data-centred", Divisor], "data-scaled", []),
        .. operations.Select(one => one with { Inputs = [.. one.Inputs.Select(name => name == Input ? "data-scaled" : name)] }),
    ];

    private static IEnumerable<OnnxTensor> Numbers(DataScaling scaling, int rank)
    {
        int[] shape = [scaling.Offset.Count, .. Enumerable.Repeat(1, scaling.Offset.Count == 1 ? 0 : rank - 1)];
        yield return new(Offset, shape, scaling.Offset.Select(value => (float)value).ToArray());
        yield return new(Divisor, shape, scaling.Divisor.Select(value => (float)value).ToArray());
    }

    private static InferenceGraph Described(IReadOnlyList<LayerPlace> places)
    {
        try
        {
            return InferenceGraph.Of(places);
        }
        catch (NotSupportedException error)
        {
            throw new ExportException($"network.layers: {error.Message}");
        }
    }
}
