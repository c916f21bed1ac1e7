using System.Numerics;
using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>m = momentum * m + g; w -= lr * m (Sutskever et al. 2013, eq. 1 and 2, with the rate outside of m).</summary>
public record MomentumRule : OptimizerRule
{
    public override string Name => "momentum";

    public override string Meaning => "m = momentum * m + g; w -= learningRate * m";

    public override int Moments => 1;

    [Option("Share of the last update's direction that is kept", Min = 0, Max = 0.9999)]
    public double Momentum { get; init; } = 0.9;

    public override void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated) =>
        Optimizer.Run(new Vectors(Momentum, factors), factors, penalized, weights, gradients, moment1, moment2, updated);

    private readonly struct Vectors(double momentum, UpdateFactors factors) : IVectorRule
    {
        private readonly Vector<float> _rate = new((float)factors.LearningRate);
        private readonly Vector<float> _factor = new((float)momentum);

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            m = (_factor * m) + g;
            return w - (_rate * m);
        }
    }
}

/// <summary>
/// m = momentum * m + g; w -= lr * (g + momentum * m) (Sutskever et al. 2013, eq. 3 and 4, in the form that keeps the
/// parameters at the looked-ahead point).
/// </summary>
public sealed record NesterovRule : MomentumRule
{
    public override string Name => "nesterov";

    public override string Meaning => "m = momentum * m + g; w -= learningRate * (g + momentum * m)";

    public override void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated) =>
        Optimizer.Run(new Vectors(Momentum, factors), factors, penalized, weights, gradients, moment1, moment2, updated);

    private readonly struct Vectors(double momentum, UpdateFactors factors) : IVectorRule
    {
        private readonly Vector<float> _rate = new((float)factors.LearningRate);
        private readonly Vector<float> _factor = new((float)momentum);

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            m = (_factor * m) + g;
            return w - (_rate * (g + (_factor * m)));
        }
    }
}
