using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Replicas.Elements;

/// <summary>Activations that no product's store carries, forward beside backward, by the fixed exponential.</summary>
internal static class ActivationFunction
{
    /// <summary>a = f(z) in place. [n].</summary>
    public static void Forward(Activation activation, float slope, Span<float> z)
    {
        switch (activation)
        {
            case Activation.Relu:
                UnitLoops.Relu(z);
                break;
            case Activation.LeakyRelu:
                foreach (ref var value in z) value = value > 0 ? value : value * slope;
                break;
            case Activation.Tanh:
                // tanh z = sign(z) (1 - e) / (1 + e) with e = e^(-2 |z|), which never overflows.
                Tanh(z);
                break;
            case Activation.Sigmoid:
                foreach (ref var value in z) value = -value;
                VectorOps.Exp(z, z);
                foreach (ref var value in z) value = 1f / (1f + value);
                break;
        }
    }

    /// <summary>dz = da f'(z), written over da, with f' from a = f(z). Both [n].</summary>
    public static void Backward(Activation activation, float slope, ReadOnlySpan<float> a, Span<float> da)
    {
        switch (activation)
        {
            case Activation.Relu:
                VectorOps.ReluBackward(a, da, da);
                break;
            case Activation.LeakyRelu:
                for (var i = 0; i < da.Length; i++) da[i] = a[i] > 0 ? da[i] : da[i] * slope;
                break;
            case Activation.Tanh:
                for (var i = 0; i < da.Length; i++) da[i] *= 1f - (a[i] * a[i]);
                break;
            case Activation.Sigmoid:
                for (var i = 0; i < da.Length; i++) da[i] *= a[i] * (1f - a[i]);
                break;
        }
    }

    private static void Tanh(Span<float> z)
    {
        const int Block = 256;
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
}
