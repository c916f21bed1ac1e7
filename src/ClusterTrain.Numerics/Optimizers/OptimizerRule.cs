namespace ClusterTrain.Numerics.Optimizers;

/// <summary>How a gradient becomes an update, with the settings each rule has.</summary>
public abstract record OptimizerRule
{
    private OptimizerRule()
    {
    }

    /// <summary>Values remembered for each parameter from step to step: 0, 1 or 2.</summary>
    public abstract int Moments { get; }

    /// <summary>w -= lr * g.</summary>
    public sealed record Sgd : OptimizerRule
    {
        public override int Moments => 0;
    }

    /// <summary>
    /// m = momentum * m + g; w -= lr * m, or, with <paramref name="Nesterov"/>, w -= lr * (g + momentum * m)
    /// (Sutskever et al. 2013, in the form that keeps the parameters at the looked-ahead point).
    /// </summary>
    /// <param name="Factor">Share of the old direction, 0 to below 1.</param>
    /// <param name="Nesterov">Whether to look ahead.</param>
    public sealed record Momentum(double Factor, bool Nesterov) : OptimizerRule
    {
        public override int Moments => 1;
    }

    /// <summary>
    /// Adam (Kingma and Ba 2015, algorithm 1): m and v are running means of g and g^2;
    /// w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
    /// </summary>
    /// <param name="Beta1">Decay of m, 0 to below 1.</param>
    /// <param name="Beta2">Decay of v, 0 to below 1.</param>
    /// <param name="Epsilon">Above 0.</param>
    public sealed record Adam(double Beta1, double Beta2, double Epsilon) : OptimizerRule
    {
        public override int Moments => 2;
    }
}
