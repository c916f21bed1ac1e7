using ClusterTrain.Numerics.Optimizers;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The rules as the papers write them: one weight at a time, double precision.</summary>
internal sealed class NaiveOptimizer(OptimizerRule rule)
{
    private double _m;
    private double _v;

    public double Step(double w, double g, UpdateFactors f, bool penalized)
    {
        g *= f.GradientScale;
        if (penalized)
        {
            g += 2 * f.L2 * w;
            w -= f.LearningRate * f.WeightDecay * w;
        }

        w -= f.LearningRate * Direction(g, f.Step);
        return penalized ? Math.Sign(w) * Math.Max(Math.Abs(w) - (f.LearningRate * f.L1), 0) : w;
    }

    private double Direction(double g, long step)
    {
        switch (rule)
        {
            case MomentumRule momentum:
                _m = (momentum.Momentum * _m) + g;
                return rule is NesterovRule ? g + (momentum.Momentum * _m) : _m;
            case AdamRule adam:
                _m = (adam.Beta1 * _m) + ((1 - adam.Beta1) * g);
                _v = (adam.Beta2 * _v) + ((1 - adam.Beta2) * g * g);
                var mean = _m / (1 - Math.Pow(adam.Beta1, step));
                var square = _v / (1 - Math.Pow(adam.Beta2, step));
                return mean / (Math.Sqrt(square) + adam.Epsilon);
            default:
                return g;
        }
    }
}
