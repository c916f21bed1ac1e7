using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = x above 0, slope * x below (Maas et al. 2013).</summary>
public sealed record LeakyReluLayer : ActivationLayer
{
    public static readonly LayerType Kind = LayerType.Of<LeakyReluLayer>("y = x above 0, slope * x below");

    [Option("Slope below 0", Min = 0, AboveMin = true, Max = 0.999)]
    public double Slope { get; init; } = 0.01;

    public override bool IsMonotone => true;

    public override bool IsHomogeneous => true;

    public override void Forward(Span<float> z)
    {
        var slope = (float)Slope;
        foreach (ref var value in z) value = value > 0 ? value : value * slope;
    }

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        var slope = (float)Slope;
        for (var i = 0; i < da.Length; i++) da[i] = a[i] > 0 ? da[i] : da[i] * slope;
    }

    public override double Value(double z) => z > 0 ? z : z * Slope;

    public override double Derivative(double z) => z > 0 ? 1 : Slope;

    public override void Describe(InferenceGraph graph, LayerPlace place) =>
        graph.Add("LeakyRelu", [graph.Value], OperationAttribute.Float("alpha", Slope));
}
