using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = x Phi(x) with the normal distribution's Phi (Hendrycks and Gimpel 2016), in its exact form, by the fixed erf.</summary>
public sealed record GeluLayer : ActivationLayer
{
    private const double RootOfTwo = 1.4142135623730951;
    private const double RootOfTwoPi = 2.5066282746310002;

    public static readonly LayerType Kind = LayerType.Of<GeluLayer>("y = x Phi(x), Phi of the normal distribution; the exact form, not the one with tanh");

    public override bool IsMonotone => false;

    public override bool NeedsInput => true;

    public override void Forward(Span<float> z)
    {
        foreach (ref var value in z) value = (float)Value(value);
    }

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        for (var i = 0; i < da.Length; i++) da[i] = (float)(da[i] * Derivative(z[i]));
    }

    // erfc of -x keeps the digits of small Phi far below 0.
    public override double Value(double z) => z * Phi(z);

    public override double Derivative(double z) => Phi(z) + (z * FixedMath.Exp(-0.5 * z * z) / RootOfTwoPi);

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        var x = graph.Value;
        graph.Add("Div", [x, graph.Constant("root-of-two", [1], (float)RootOfTwo)]);
        graph.Add("Erf", [graph.Value]);
        graph.Add("Add", [graph.Value, graph.Constant("one", [1], 1f)]);
        graph.Add("Mul", [graph.Value, graph.Constant("half", [1], 0.5f)]);
        graph.Add("Mul", [x, graph.Value]);
    }

    private static double Phi(double z) => 0.5 * FixedMath.Erfc(-z / RootOfTwo);
}
