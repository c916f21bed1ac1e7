namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Where Auto-PGD looks back: iterations w_j = ceil(p_j N) with p_0 = 0, p_1 = 0.22 and p_{j+1} = p_j +
/// max(p_j - p_{j-1} - 0.03, 0.06) (Croce and Hein 2020, section 3.1). In whole hundredths, so that nothing is rounded.
/// </summary>
internal static class ApgdCheckpoints
{
    /// <summary>The checkpoints above 0 and up to <paramref name="steps"/>, ascending, each once.</summary>
    public static int[] Of(int steps)
    {
        var checkpoints = new List<int>();
        var (before, at) = (0L, 22L);
        while (at <= 100)
        {
            var step = (int)(((at * steps) + 99) / 100);
            if (checkpoints.Count == 0 || checkpoints[^1] < step) checkpoints.Add(step);
            (before, at) = (at, at + Math.Max(at - before - 3, 6));
        }

        return [.. checkpoints];
    }
}
