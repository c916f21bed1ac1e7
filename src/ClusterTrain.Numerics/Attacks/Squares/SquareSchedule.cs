namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The share p of an image that a square covers: halved at queries 10, 50, 200, 1000, 2000, 4000, 6000 and 8000 of 10,000,
/// and as early or late in any other budget (Andriushchenko et al. 2020, section 5).
/// </summary>
internal static class SquareSchedule
{
    private const long Budget = 10_000;
    private static readonly long[] Halvings = [10, 50, 200, 1000, 2000, 4000, 6000, 8000];

    /// <summary>The share at the first query.</summary>
    public static double First(AttackNorm norm) => norm == AttackNorm.Linf ? 0.8 : 0.1;

    /// <summary>The share at query <paramref name="query"/> of <paramref name="queries"/>.</summary>
    public static double Share(AttackNorm norm, int query, int queries)
    {
        var share = First(norm);
        foreach (var halving in Halvings)
            if (query * Budget / queries > halving)
                share /= 2;
        return share;
    }
}
