using System.Numerics;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1): m and v are running means of g and g^2;
/// w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
/// </summary>
public record AdamRule : OptimizerRule
{
    public override string Name => "adam";

    public override string Meaning =>
        "m and v are running means of g and g^2; w -= learningRate * m / (sqrt(v) + epsilon), both bias-corrected";

    public override int Moments => 2;

    public override bool IsAdaptive => true;

    [Option("Decay of the gradient's running mean", Min = 0, Max = 0.99999)]
    public double Beta1 { get; init; } = 0.9;

    [Option("Decay of the squared gradient's running mean", Min = 0, Max = 0.999999)]
    public double Beta2 { get; init; } = 0.999;

    [Option("Added to the root of the squared gradient's mean", Min = 0, AboveMin = true, Max = 1)]
    public double Epsilon { get; init; } = 1e-8;

    public override void Apply(
        UpdateFactors factors, bool penalized, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients, Span<float> moment1,
        Span<float> moment2, Span<float> updated) =>
        Optimizer.Run(new Vectors(this, factors), factors, penalized, weights, gradients, moment1, moment2, updated);

    // w - lr' m / (sqrt(v) root + eps), with the bias corrections in lr' and root.
    private readonly struct Vectors(AdamRule rule, UpdateFactors factors) : IVectorRule
    {
        private readonly Vector<float> _keep1 = new((float)rule.Beta1);
        private readonly Vector<float> _add1 = new((float)(1 - rule.Beta1));
        private readonly Vector<float> _keep2 = new((float)rule.Beta2);
        private readonly Vector<float> _add2 = new((float)(1 - rule.Beta2));
        private readonly Vector<float> _epsilon = new((float)rule.Epsilon);
        private readonly Vector<float> _rate =
            new((float)(factors.LearningRate / (1 - FixedMath.Pow(rule.Beta1, checked((int)factors.Step)))));

        private readonly Vector<float> _root = new((float)(1 / Math.Sqrt(1 - FixedMath.Pow(rule.Beta2, checked((int)factors.Step)))));

        public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
        {
            m = (_keep1 * m) + (_add1 * g);
            v = (_keep2 * v) + (_add2 * g * g);
            return w - (_rate * m / ((Vector.SquareRoot(v) * _root) + _epsilon));
        }
    }
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), which every rule here applies alike.</summary>
public sealed record AdamWRule : AdamRule
{
    public override string Name => "adamw";

    public override string Meaning => "adam, meant for decoupled decay: `regularization.weightDecay`";

    public override string SameWithoutDecay => "adam";
}
