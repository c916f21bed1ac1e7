using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = tanh x, by the fixed exponential.</summary>
public sealed record TanhLayer : ActivationLayer
{
    private const int Block = 256;

    public static readonly LayerType Kind = LayerType.Of<TanhLayer>("y = tanh x");

    public override bool IsMonotone => true;

    // tanh z = sign(z) (1 - e) / (1 + e) with e = e^(-2 |z|), which never overflows.
    public override void Forward(Span<float> z)
    {
        Span<float> powers = stackalloc float[Block];
        for (var start = 0; start < z.Length; start += Block)
        {
            var some = z.Slice(start, Math.Min(Block, z.Length - start));
            var e = powers[..some.Length];
            for (var i = 0; i < some.Length; i++) e[i] = -2f * Math.Abs(some[i]);
            VectorOps.Exp(e, e);
            for (var i = 0; i < some.Length; i++)
            {
                // Near 0 the difference 1 - e loses what the Taylor series keeps.
                var square = some[i] * some[i];
                var series = 1f + (square * ((-1f / 3f) + (square * ((2f / 15f) + (square * ((-17f / 315f) + (square * (62f / 2835f))))))));
                some[i] = Math.Abs(some[i]) < 0.25f ? some[i] * series : MathF.CopySign((1f - e[i]) / (1f + e[i]), some[i]);
            }
        }
    }

    public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
    {
        for (var i = 0; i < da.Length; i++) da[i] *= 1f - (a[i] * a[i]);
    }

    public override double Value(double z) => Math.Tanh(z);

    public override double Derivative(double z) => 1 - (Math.Tanh(z) * Math.Tanh(z));

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add("Tanh", [graph.Value]);
}
