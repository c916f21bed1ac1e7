namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// Raw second moments of members' errors. With them the mean squared error over all ensembles of k members of one pool is
/// V/k + (k-1)/k * C, whatever the bias.
/// </summary>
/// <param name="V">Mean squared error of one member: the mean of the diagonal of G.</param>
/// <param name="C">Mean product of two members of the same training set: the mean off the diagonal.</param>
/// <param name="Between">Mean product of two members of different training sets; NaN with a single set.</param>
public readonly record struct Moments(double V, double C, double Between)
{
    /// <summary>Share of the error that averaging cannot remove.</summary>
    public double Rho => C / V;

    /// <summary>Variance from seeds alone: what averaging over seeds removes.</summary>
    public double Optimization => V - C;

    /// <summary>Variance from the draw of the training set; NaN with a single set.</summary>
    public double Sampling => C - Between;

    /// <summary>Squared bias and noise, which share nothing with the draw of seeds and sets; NaN with a single set.</summary>
    public double BiasAndNoise => Between;

    /// <summary>Mean squared error of an ensemble of <paramref name="k"/> members of one training set.</summary>
    public double Mse(double k) => (V / k) + ((k - 1) / k * C);

    /// <summary>
    /// From products of errors. Each is the unbiased U-statistic of its kind (Hoeffding 1948): the mean over sets of the mean
    /// over members or pairs of one set, and over pairs of sets of the mean over their pairs.
    /// </summary>
    /// <param name="products">G: mean product of the errors of two members.</param>
    /// <param name="groups">Members of each set; at least two each.</param>
    public static Moments Of(Func<int, int, double> products, IReadOnlyList<int[]> groups)
    {
        var (own, same, between) = (0.0, 0.0, 0.0);
        for (var s = 0; s < groups.Count; s++)
        {
            var (diagonal, off) = Within(products, groups[s]);
            (own, same) = (own + diagonal, same + off);
            for (var t = 0; t < s; t++) between += Across(products, groups[s], groups[t]);
        }

        var sets = groups.Count;
        return new Moments(own / sets, same / sets, sets < 2 ? double.NaN : between / (sets * (sets - 1) / 2));
    }

    private static (double Diagonal, double Off) Within(Func<int, int, double> products, int[] members)
    {
        var (diagonal, off) = (0.0, 0.0);
        for (var i = 0; i < members.Length; i++)
        {
            diagonal += products(members[i], members[i]);
            for (var j = 0; j < i; j++) off += products(members[i], members[j]);
        }

        var n = members.Length;
        return (diagonal / n, off / (n * (n - 1) / 2.0));
    }

    private static double Across(Func<int, int, double> products, int[] some, int[] others)
    {
        var sum = 0.0;
        foreach (var i in some)
            foreach (var j in others)
                sum += products(i, j);
        return sum / ((double)some.Length * others.Length);
    }
}
