using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = x / (1 + e^-x) (Elfwing et al. 2018), by the fixed exponential.</summary>
public sealed record SiluLayer : ActivationLayer
{
    private const int Block = 256;

    public static readonly LayerType Kind = LayerType.Of<SiluLayer>("y = x / (1 + e^-x), also called swish");

    public override bool IsMonotone => false;

    public override bool NeedsInput => true;

    public override void Forward(Span<float> z)
    {
        Span<float> powers = stackalloc float[Block];
        for (var start = 0; start < z.Length; start += Block)
        {
            var some = z.Slice(start, Math.Min(Block, z.Length - start));
            Gates(some, powers[..some.Length]);
            for (var i = 0; i < some.Length; i++) some[i] *= powers[i];
        }
    }

    // f' = s (1 + z (1 - s)) with s = 1 / (1 + e^-z).
    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        Span<float> gates = stackalloc float[Block];
        for (var start = 0; start < z.Length; start += Block)
        {
            var some = z.Slice(start, Math.Min(Block, z.Length - start));
            Gates(some, gates[..some.Length]);
            for (var i = 0; i < some.Length; i++) da[start + i] *= gates[i] * (1f + (some[i] * (1f - gates[i])));
        }
    }

    public override double Value(double z) => z / (1 + FixedMath.Exp(-z));

    public override double Derivative(double z)
    {
        var gate = 1 / (1 + FixedMath.Exp(-z));
        return gate * (1 + (z * (1 - gate)));
    }

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        var x = graph.Value;
        graph.Add("Sigmoid", [x]);
        graph.Add("Mul", [x, graph.Value]);
    }

    private static void Gates(ReadOnlySpan<float> z, Span<float> gates)
    {
        for (var i = 0; i < z.Length; i++) gates[i] = -z[i];
        VectorOps.Exp(gates, gates);
        foreach (ref var gate in gates) gate = 1f / (1f + gate);
    }
}
