namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The accumulated gradient of momentum PGD (Dong et al. 2018, eq. 6): velocity = decay * velocity + gradient / |gradient|_1.
/// </summary>
internal static class GradientMomentum
{
    /// <summary>Adds one row's gradient to its velocity; both [features]. A gradient of zeros adds nothing.</summary>
    public static void Add(ReadOnlySpan<float> gradient, float decay, Span<float> velocity)
    {
        var length = 0.0;
        foreach (var slope in gradient) length += Math.Abs((double)slope);
        var scale = length > 0 ? 1 / length : 0;
        for (var i = 0; i < velocity.Length; i++)
            velocity[i] = (float)((decay * (double)velocity[i]) + (scale * gradient[i]));
    }
}
