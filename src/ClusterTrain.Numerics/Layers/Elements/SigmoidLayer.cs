using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = 1 / (1 + e^-x), by the fixed exponential.</summary>
public sealed record SigmoidLayer : ActivationLayer
{
    public static readonly LayerType Kind = LayerType.Of<SigmoidLayer>("y = 1 / (1 + e^-x)");

    public override bool IsMonotone => true;

    public override void Forward(Span<float> z)
    {
        foreach (ref var value in z) value = -value;
        VectorOps.Exp(z, z);
        foreach (ref var value in z) value = 1f / (1f + value);
    }

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        for (var i = 0; i < da.Length; i++) da[i] *= a[i] * (1f - a[i]);
    }

    public override double Value(double z) => 1 / (1 + FixedMath.Exp(-z));

    public override double Derivative(double z) => Value(z) * (1 - Value(z));

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add("Sigmoid", [graph.Value]);
}
