using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = log(1 + e^x), by the fixed exponential and logarithm.</summary>
public sealed record SoftplusLayer : ActivationLayer
{
    public static readonly LayerType Kind = LayerType.Of<SoftplusLayer>("y = log(1 + e^x)");

    public override bool IsMonotone => true;

    public override bool NeedsInput => true;

    public override void Forward(Span<float> z)
    {
        foreach (ref var value in z) value = (float)Value(value);
    }

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        for (var i = 0; i < da.Length; i++) da[i] = (float)(da[i] * Derivative(z[i]));
    }

    // max(x, 0) + log(1 + e^-|x|) never overflows; a small e is its own logarithm of 1 + e but for e^2 / 2.
    public override double Value(double z)
    {
        if (double.IsNaN(z)) return z;
        var e = FixedMath.Exp(-Math.Abs(z));
        return Math.Max(z, 0) + (e < 1e-7 ? e - (0.5 * e * e) : FixedMath.Log(1 + e));
    }

    public override double Derivative(double z) => 1 / (1 + FixedMath.Exp(-z));

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add("Softplus", [graph.Value]);
}
