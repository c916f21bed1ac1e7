using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>How a gradient becomes an update, with the options that each rule has.</summary>
public abstract record OptimizerRule : Technique
{
    /// <summary>The rules that a spec can name.</summary>
    public static readonly Catalogue<OptimizerRule> Catalogue = new(
        "optimizer", rule => rule.Name,
        new SgdRule(),
        new MomentumRule(),
        new NesterovRule(),
        new AdamRule(),
        new AdamWRule());

    /// <summary>Values remembered for each parameter from step to step: 0, 1 or 2.</summary>
    public abstract int Moments { get; }

    /// <summary>Whether it rescales the gradient weight by weight, so that a coupled penalty acts unevenly.</summary>
    public virtual bool IsAdaptive => false;

    /// <summary>The rule that it is exactly, where there is no decoupled weight decay; null when decay is nothing special to it.</summary>
    public virtual string? SameWithoutDecay => null;

    /// <summary>One update of a run of parameters, by <see cref="Optimizer.Run"/>, whose spans these are.</summary>
    public abstract void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated);
}
