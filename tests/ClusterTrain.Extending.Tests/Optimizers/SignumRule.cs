using System.Numerics;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Optimizers;

namespace ClusterTrain.Extending.Tests.Optimizers;

/// <summary>Signum (Bernstein et al. 2018, algorithm 2): m = beta m + (1 - beta) g; w -= lr * sign(m).</summary>
public sealed record SignumRule : OptimizerRule
{
    public override string Name => "signum";

    public override string Meaning => "m = beta * m + (1 - beta) * g; w -= learningRate * sign(m)";

    public override int Moments => 1;

    [Option("Decay of the gradient's running mean", Min = 0, Max = 0.9999)]
    public double Beta { get; init; } = 0.9;

    public override void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated) =>
        Optimizer.Run(new Vectors(Beta, factors), factors, penalized, weights, gradients, moment1, moment2, updated);

    private readonly struct Vectors(double beta, UpdateFactors factors) : IVectorRule
    {
        private readonly Vector<float> _rate = new((float)factors.LearningRate);
        private readonly Vector<float> _keep = new((float)beta);
        private readonly Vector<float> _add = new((float)(1 - beta));

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            m = (_keep * m) + (_add * g);
            var (up, down) = (Vector.GreaterThan(m, Vector<float>.Zero), Vector.LessThan(m, Vector<float>.Zero));
            return Vector.ConditionalSelect(up, w - _rate, Vector.ConditionalSelect(down, w + _rate, w));
        }
    }
}
