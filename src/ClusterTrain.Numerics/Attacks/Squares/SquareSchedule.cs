namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The share p of an image that a square covers: 0.8 at first, halved after queries 10, 50, 200, 500, 1000, 2000, 4000, 6000 and
/// 8000, whatever the budget: Andriushchenko et al. 2020, section 5, name the places for a budget of 10,000 (500 is not among
/// them there, but in what they and AutoAttack publish), and the standard evaluation keeps them for its 5,000.
/// </summary>
internal static class SquareSchedule
{
    private const double First = 0.8;

    private static readonly int[] Halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

    /// <summary>The share at query <paramref name="query"/>, 0 being the start.</summary>
    public static double Share(int query)
    {
        var share = First;
        foreach (var halving in Halvings)
            if (query > halving)
                share /= 2;
        return share;
    }
}
