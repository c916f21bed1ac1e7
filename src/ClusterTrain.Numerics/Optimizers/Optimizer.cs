using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>
/// One update of a run of parameters, in a single pass. Every operation is elementwise IEEE, so the bits depend neither
/// on the vector width nor on how the parameters are divided.
/// </summary>
/// <remarks>
/// Order: scale the gradient; add the coupled L2 gradient 2 * lambda * w; shrink w by the decoupled decay; the rule;
/// the soft threshold of L1. Max-norm follows row by row in <see cref="Regularizers.MaxNorm"/>.
/// All spans have the same length; <c>updated</c> may be <c>weights</c>. Moments that a rule lacks are empty.
/// </remarks>
public static class Optimizer
{
    public static void Apply(
        OptimizerRule rule, UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights,
        ReadOnlySpan<float> gradients, Span<float> moment1, Span<float> moment2, Span<float> updated)
    {
        var pass = new Pass(rule, factors, penalized);
        var width = Vector<float>.Count;
        var whole = weights.Length - (weights.Length % width);
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var u = Vectors(updated);
        var m = Vectors(moment1);
        var v = Vectors(moment2);
        var none = default(Vector<float>);
        for (var i = 0; i < w.Length; i++)
        {
            ref var mi = ref m.IsEmpty ? ref none : ref m[i];
            ref var vi = ref v.IsEmpty ? ref none : ref v[i];
            u[i] = pass.Update(w[i], g[i], ref mi, ref vi);
        }

        // The tail takes the same path in one partly filled vector: no second formula that could drift from the first.
        if (whole < weights.Length)
            Tail(pass, weights[whole..], gradients[whole..], Rest(moment1, whole), Rest(moment2, whole), updated[whole..]);
    }

    private static void Tail(
        Pass pass, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated)
    {
        var (w, g, m, v) = (Partial(weights), Partial(gradients), Partial(moment1), Partial(moment2));
        Store(pass.Update(w, g, ref m, ref v), updated);
        Store(m, moment1);
        Store(v, moment2);
    }

    private static Span<float> Rest(Span<float> values, int start) => values.IsEmpty ? values : values[start..];

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) =>
        MemoryMarshal.Cast<float, Vector<float>>(values);

    private static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    private static Vector<float> Partial(ReadOnlySpan<float> values)
    {
        Span<float> full = stackalloc float[Vector<float>.Count];
        full.Clear();
        values.CopyTo(full);
        return new Vector<float>(full);
    }

    private static void Store(Vector<float> vector, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++) target[i] = vector[i];
    }

    private readonly struct Pass(OptimizerRule rule, UpdateFactors factors, bool penalized)
    {
        private readonly Vector<float> _scale = new(factors.GradientScale);
        private readonly Vector<float> _twiceL2 = new(penalized ? (float)(2 * factors.L2) : 0);
        private readonly Vector<float> _rate = new((float)factors.LearningRate);
        private readonly Vector<float> _shrink =
            new(penalized ? (float)(1 - (factors.LearningRate * factors.WeightDecay)) : 1);
        private readonly Vector<float> _threshold = new(penalized ? (float)(factors.LearningRate * factors.L1) : 0);
        private readonly OptimizerRule.Momentum? _momentum = rule as OptimizerRule.Momentum;
        private readonly Vector<float> _factor =
            new(rule is OptimizerRule.Momentum momentum ? (float)momentum.Factor : 0);
        private readonly AdamVectors _adam = rule is OptimizerRule.Adam adam ? new AdamVectors(adam, factors) : default;
        private readonly bool _isAdam = rule is OptimizerRule.Adam;

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            g *= _scale;
            if (_twiceL2 != Vector<float>.Zero) g += _twiceL2 * w;
            if (_shrink != Vector<float>.One) w *= _shrink;
            if (_isAdam)
            {
                w -= _adam.Direction(g, ref m, ref v);
            }
            else if (_momentum is null)
            {
                w -= _rate * g;
            }
            else
            {
                m = (_factor * m) + g;
                w -= _rate * (_momentum.Nesterov ? g + (_factor * m) : m);
            }

            return _threshold == Vector<float>.Zero ? w : SoftThreshold(w);
        }

        private Vector<float> SoftThreshold(Vector<float> w)
        {
            var shrunk = Vector.Max(Vector.Abs(w) - _threshold, Vector<float>.Zero);
            return Vector.ConditionalSelect(Vector.LessThan(w, Vector<float>.Zero), -shrunk, shrunk);
        }
    }

    private readonly struct AdamVectors(OptimizerRule.Adam rule, UpdateFactors factors)
    {
        private readonly Vector<float> _keep1 = new((float)rule.Beta1);
        private readonly Vector<float> _add1 = new((float)(1 - rule.Beta1));
        private readonly Vector<float> _keep2 = new((float)rule.Beta2);
        private readonly Vector<float> _add2 = new((float)(1 - rule.Beta2));
        private readonly Vector<float> _epsilon = new((float)rule.Epsilon);
        private readonly Vector<float> _rate = new(factors.Adam1(rule));
        private readonly Vector<float> _root = new(factors.Adam2(rule));

        public Vector<float> Direction(Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            m = (_keep1 * m) + (_add1 * g);
            v = (_keep2 * v) + (_add2 * g * g);
            return _rate * m / ((Vector.SquareRoot(v) * _root) + _epsilon);
        }
    }
}
