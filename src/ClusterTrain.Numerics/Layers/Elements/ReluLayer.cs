using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = max(x, 0); NaN stays NaN. A plain one rides on the store of the layer before it.</summary>
public sealed record ReluLayer : ActivationLayer
{
    public static readonly LayerType Kind = LayerType.Of<ReluLayer>("y = max(x, 0)");

    public override bool IsMonotone => true;

    public override bool IsHomogeneous => true;

    public override void Forward(Span<float> z) => UnitLoops.Relu(z);

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da) => VectorOps.ReluBackward(a, da, da);

    public override double Value(double z) => Math.Max(z, 0);

    public override double Derivative(double z) => z > 0 ? 1 : 0;

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add("Relu", [graph.Value]);
}
