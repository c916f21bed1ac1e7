using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>Operators on every value by itself, and those that do nothing at inference.</summary>
internal static class ElementOperators
{
    public static readonly IReadOnlyList<OnnxOperator> All =
    [
        Activation("Relu", _ => new ReluLayer()),
        new("LeakyRelu", LeakyRelu),
        Activation("Tanh", _ => new TanhLayer()),
        Activation("Sigmoid", _ => new SigmoidLayer()),
        Activation("Softplus", _ => new SoftplusLayer()),
        new("Gelu", Gelu),
        new("Erf", (node, reading) => reading.Flow(node, 0).Then(new ErfStep(node.Place))),
        new("Identity", (node, reading) => reading.At(node, 0)),
        new("Dropout", (node, reading) => reading.At(node, 0)),
        new("Softmax", Softmax),
        new("LogSoftmax", Softmax),
    ];

    private static OnnxOperator Activation(string name, Func<OnnxNode, LayerDefinition> layer) =>
        new(name, (node, reading) => reading.Flow(node, 0).Then(new LayerStep(node.Place, layer(node))));

    private static Flow LeakyRelu(OnnxNode node, GraphReading reading)
    {
        var slope = node.Real("alpha", 0.01f);
        // Written in single precision: the nearest short number is the one that was meant.
        return slope is > 0 and < 1
            ? reading.Flow(node, 0).Then(new LayerStep(node.Place, new LeakyReluLayer { Slope = slope }))
            : throw reading.Refused(node, $"its alpha is {slope}; allowed: above 0 and below 1");
    }

    private static Flow Gelu(OnnxNode node, GraphReading reading) => node.Text("approximate", "none") == "none"
        ? reading.Flow(node, 0).Then(new LayerStep(node.Place, new GeluLayer()))
        : throw reading.Refused(node, "it is approximate; allowed: the exact form");

    private static Flow Softmax(OnnxNode node, GraphReading reading) => reading.Flow(node, 0) is { IsMaps: false } scores && node.Whole("axis", 1) is 1 or -1
        ? scores.Then(new SoftmaxStep(node.Place))
        : throw reading.Refused(node, "it is read over the class scores alone, [rows, classes] along axis 1");
}
