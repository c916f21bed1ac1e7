namespace ClusterTrain.Numerics.Optimizers;

/// <summary>Limit on the length of each unit's incoming weights (Srivastava et al. 2014, section 5.1).</summary>
public static class MaxNorm
{
    // Rounding each scaled weight could push the norm over the limit by one part in 2^24: aim just below it.
    private const double Margin = 1 - 1.5e-7;

    /// <summary>Scales <paramref name="weights"/>, one unit's [inputs], to norm <paramref name="limit"/> when longer.</summary>
    public static void Project(Span<float> weights, double limit)
    {
        var norm = Math.Sqrt(SumOfSquares(weights));
        if (!(norm > limit)) return;
        var factor = (float)(limit / norm * Margin);
        for (var i = 0; i < weights.Length; i++) weights[i] *= factor;
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return sum;
    }
}
