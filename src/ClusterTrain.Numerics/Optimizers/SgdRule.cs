using System.Numerics;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>w -= lr * g.</summary>
public sealed record SgdRule : OptimizerRule
{
    public override string Name => "sgd";

    public override string Meaning => "w -= learningRate * g";

    public override int Moments => 0;

    public override void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated) =>
        Optimizer.Run(new Vectors(factors), factors, penalized, weights, gradients, moment1, moment2, updated);

    private readonly struct Vectors(UpdateFactors factors) : IVectorRule
    {
        private readonly Vector<float> _rate = new((float)factors.LearningRate);

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v) => w - (_rate * g);
    }
}
