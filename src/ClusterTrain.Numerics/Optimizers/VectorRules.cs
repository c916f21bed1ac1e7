using System.Numerics;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>The heart of an update rule: from weight, gradient and moments to the new weight. Elementwise.</summary>
internal interface IVectorRule
{
    Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v);
}

/// <summary>w - lr g.</summary>
internal readonly struct SgdVectors(UpdateFactors factors) : IVectorRule
{
    private readonly Vector<float> _rate = new((float)factors.LearningRate);

    public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v) => w - (_rate * g);
}

/// <summary>m = mu m + g; w - lr m.</summary>
internal readonly struct MomentumVectors(OptimizerRule.Momentum rule, UpdateFactors factors) : IVectorRule
{
    private readonly Vector<float> _rate = new((float)factors.LearningRate);
    private readonly Vector<float> _factor = new((float)rule.Factor);

    public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
    {
        m = (_factor * m) + g;
        return w - (_rate * m);
    }
}

/// <summary>m = mu m + g; w - lr (g + mu m).</summary>
internal readonly struct NesterovVectors(OptimizerRule.Momentum rule, UpdateFactors factors) : IVectorRule
{
    private readonly Vector<float> _rate = new((float)factors.LearningRate);
    private readonly Vector<float> _factor = new((float)rule.Factor);

    public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
    {
        m = (_factor * m) + g;
        return w - (_rate * (g + (_factor * m)));
    }
}

/// <summary>m and v as running means; w - lr' m / (sqrt(v) root + eps).</summary>
internal readonly struct AdamVectors(OptimizerRule.Adam rule, UpdateFactors factors) : IVectorRule
{
    private readonly Vector<float> _keep1 = new((float)rule.Beta1);
    private readonly Vector<float> _add1 = new((float)(1 - rule.Beta1));
    private readonly Vector<float> _keep2 = new((float)rule.Beta2);
    private readonly Vector<float> _add2 = new((float)(1 - rule.Beta2));
    private readonly Vector<float> _epsilon = new((float)rule.Epsilon);
    private readonly Vector<float> _rate = new(factors.Adam1(rule));
    private readonly Vector<float> _root = new(factors.Adam2(rule));

    public Vector<float> Update(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
    {
        m = (_keep1 * m) + (_add1 * g);
        v = (_keep2 * v) + (_add2 * g * g);
        return w - (_rate * m / ((Vector.SquareRoot(v) * _root) + _epsilon));
    }
}
