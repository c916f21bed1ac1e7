namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>The matrix G: G_ij is the mean over test rows of the product of the errors of members i and j.</summary>
internal sealed class Gram
{
    private readonly double[] _products;

    private Gram(int members, double[] products) => (Members, _products) = (members, products);

    public int Members { get; }

    public double this[int i, int j] => _products[(i * Members) + j];

    /// <summary>Four chains of additions a pair, over rows and classes in their order.</summary>
    public static Gram Of(ErrorTable errors)
    {
        var (n, products) = (errors.Members, new double[errors.Members * errors.Members]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var product = Product(errors[i], errors[j]) / errors.Rows;
                products[(i * n) + j] = product;
                products[(j * n) + i] = product;
            }
        }

        return new Gram(n, products);
    }

    public Moments Moments(IReadOnlyList<int[]> groups) => Estimation.Moments.Of((i, j) => this[i, j], groups);

    /// <summary>
    /// The moments without one member, for each member of each set: what the jackknife looks at. Pairs share members and are
    /// not independent; members are.
    /// </summary>
    public IReadOnlyList<Moments[]> LeaveOneOut(IReadOnlyList<int[]> groups) =>
    [
        .. groups.Select((members, set) => members.Select(left => Moments(
            [.. groups.Select((other, t) => t == set ? [.. other.Where(member => member != left)] : other)])).ToArray()),
    ];

    // Four chains: one alone would wait for each addition.
    private static double Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
        var i = 0;
        for (; i + 3 < a.Length; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }

        for (; i < a.Length; i++) s0 += a[i] * b[i];
        return s0 + s1 + (s2 + s3);
    }
}
