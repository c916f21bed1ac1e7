using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>The heart of an update rule: from weight, gradient and moments to the new weight. Elementwise.</summary>
public interface IVectorRule
{
    Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v);
}

/// <summary>
/// One update of a run of parameters, in a single pass. Every operation is elementwise IEEE, so the bits depend neither
/// on the vector width nor on how the parameters are divided.
/// </summary>
/// <remarks>
/// Order: scale the gradient; add the coupled L2 gradient 2 * lambda * w; shrink w by the decoupled decay; the rule;
/// the soft threshold of L1. Max-norm follows row by row in <see cref="MaxNorm"/>.
/// All spans have the same length; <c>updated</c> may be <c>weights</c>. Moments that a rule lacks are empty.
/// </remarks>
public static class Optimizer
{
    /// <param name="rule">The heart of the update.</param>
    /// <param name="factors">The step's scalars.</param>
    /// <param name="penalized">Whether penalties act on these parameters; biases and normalization are exempt.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradients">The summed gradients of the step's shards.</param>
    /// <param name="moment1">What the rule remembers, updated in place.</param>
    /// <param name="moment2">What the rule remembers beside it.</param>
    /// <param name="updated">Written.</param>
    public static void Run<TRule>(
        TRule rule, UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients,
        Span<float> moment1, Span<float> moment2, Span<float> updated)
        where TRule : struct, IVectorRule
    {
        var penalties = new Penalties(factors, penalized);
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var u = MemoryMarshal.Cast<float, Vector<float>>(updated);
        var m = MemoryMarshal.Cast<float, Vector<float>>(moment1);
        var v = MemoryMarshal.Cast<float, Vector<float>>(moment2);
        var none = default(Vector<float>);
        for (var i = 0; i < w.Length; i++)
        {
            ref var mi = ref m.IsEmpty ? ref none : ref m[i];
            ref var vi = ref v.IsEmpty ? ref none : ref v[i];
            u[i] = Update(rule, penalties, w[i], g[i], ref mi, ref vi);
        }

        var whole = w.Length * Vector<float>.Count;
        if (whole < weights.Length)
            Tail(rule, penalties, weights[whole..], gradients[whole..], Rest(moment1, whole), Rest(moment2, whole), updated[whole..]);
    }

    // The tail takes the same path in one partly filled vector: no second formula that could drift from the first.
    private static void Tail<TRule>(
        TRule rule, Penalties penalties, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated)
        where TRule : struct, IVectorRule
    {
        var (m, v) = (Partial(moment1), Partial(moment2));
        Store(Update(rule, penalties, Partial(weights), Partial(gradients), ref m, ref v), updated);
        Store(m, moment1);
        Store(v, moment2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Update<TRule>(
        in TRule rule, in Penalties penalties, Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        where TRule : struct, IVectorRule
    {
        g *= penalties.Scale;
        if (penalties.HasL2) g += penalties.TwiceL2 * w;
        if (penalties.HasDecay) w *= penalties.Shrink;
        w = rule.Update(w, g, ref m, ref v);
        return penalties.HasL1 ? SoftThreshold(w, penalties.Threshold) : w;
    }

    private static Vector<float> SoftThreshold(Vector<float> w, Vector<float> threshold)
    {
        var shrunk = Vector.Max(Vector.Abs(w) - threshold, Vector<float>.Zero);
        return Vector.ConditionalSelect(Vector.LessThan(w, Vector<float>.Zero), -shrunk, shrunk);
    }

    private static Span<float> Rest(Span<float> values, int start) => values.IsEmpty ? values : values[start..];

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

    /// <summary>What is done around every rule; a penalty that is off costs nothing and changes no bit.</summary>
    private readonly struct Penalties(UpdateFactors factors, bool penalized)
    {
        public readonly Vector<float> Scale = new(factors.GradientScale);
        public readonly Vector<float> TwiceL2 = new((float)(2 * factors.L2));
        public readonly Vector<float> Shrink = new((float)(1 - (factors.LearningRate * factors.WeightDecay)));
        public readonly Vector<float> Threshold = new((float)(factors.LearningRate * factors.L1));
        public readonly bool HasL2 = penalized && factors.L2 != 0;
        public readonly bool HasDecay = penalized && factors.WeightDecay != 0;
        public readonly bool HasL1 = penalized && factors.L1 != 0;
    }
}
