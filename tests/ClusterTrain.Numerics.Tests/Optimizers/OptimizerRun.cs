using ClusterTrain.Numerics.Optimizers;

namespace ClusterTrain.Numerics.Tests.Optimizers;

/// <summary>Weights with the moments their rule remembers.</summary>
internal sealed class OptimizerRun(OptimizerRule rule, float[] weights)
{
    private float[] _updated = new float[weights.Length];

    public float[] Weights { get; private set; } = (float[])weights.Clone();

    public float[] Moment1 { get; } = new float[rule.Moments > 0 ? weights.Length : 0];

    public float[] Moment2 { get; } = new float[rule.Moments > 1 ? weights.Length : 0];

    public void Apply(UpdateFactors factors, float[] gradient, bool penalized)
    {
        Apply(factors, gradient, penalized, 0, gradient.Length);
        Commit();
    }

    /// <summary>One piece of an update; <see cref="Commit"/> follows the last.</summary>
    public void Apply(UpdateFactors factors, float[] gradient, bool penalized, int start, int length) =>
        rule.Apply(
            factors, penalized, Weights.AsSpan(start, length), gradient.AsSpan(start, length),
            Piece(Moment1, start, length), Piece(Moment2, start, length), _updated.AsSpan(start, length));

    public void Commit() => (Weights, _updated) = (_updated, Weights);

    private static Span<float> Piece(float[] moment, int start, int length) =>
        moment.Length == 0 ? [] : moment.AsSpan(start, length);
}
