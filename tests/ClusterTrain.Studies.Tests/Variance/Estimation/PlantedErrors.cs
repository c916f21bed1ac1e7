using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Estimation;

/// <summary>
/// Errors of known moments: eps_ti(x) = bias + s_t(x) + m_ti + z_ti(x), all parts independent and normal. The set's part s
/// is common to its members, the member's own constant m differs from one to the next, and so does the size of its noise z:
/// one member in two, by chance, has a larger deviation.
/// </summary>
internal sealed record PlantedErrors
{
    public int Sets { get; init; } = 1;

    public int Members { get; init; } = 8;

    public int Rows { get; init; } = 120;

    public double Bias { get; init; } = 0.5;

    public double OfSet { get; init; } = 0.3;

    public double OfMember { get; init; } = 0.15;

    public double Noise { get; init; } = 0.2;

    /// <summary>How many times the deviation is that one member in two has: 1 makes all alike.</summary>
    public double Unequal { get; init; } = 2;

    /// <summary>Squared bias, and so what members of different sets share.</summary>
    public double Between => Bias * Bias;

    public double Sampling => OfSet * OfSet;

    /// <summary>Own constant, and the mean of the two kinds' noise.</summary>
    public double Optimization => (OfMember * OfMember) + ((1 + (Unequal * Unequal)) / 2 * Noise * Noise);

    public Moments Truth => new(Between + Sampling + Optimization, Between + Sampling, Between);

    /// <summary>Where the rows' part is drawn from: equal numbers share their rows.</summary>
    public int RowsOf { get; init; }

    public ErrorTable Draw(int repetition)
    {
        var errors = new List<double[]>();
        var groups = new List<int[]>();
        for (var set = 0; set < Sets; set++)
        {
            var shared = Normals(Rows, RowsOf == 0 ? repetition : RowsOf, 1000 + set);
            var (own, sizes) = Of(repetition, set);
            groups.Add([.. Enumerable.Range(set * Members, Members)]);
            for (var member = 0; member < Members; member++)
            {
                var noise = Normals(Rows, repetition, 3000 + (set * Members) + member);
                                errors.Add([.. noise.Select((z, row) => Bias + (OfSet * shared[row]) + own[member] + (sizes[member] * z))]);
            }
        }

        return new ErrorTable(groups, errors, Rows);
    }

    /// <summary>What is true of all rows, of the members that a repetition has drawn.</summary>
    public Moments TruthOfMembers(int repetition)
    {
        var sets = Enumerable.Range(0, Sets).Select(set => Of(repetition, set)).ToList();
        var own = sets.Average(set => set.Own.Average(m => (Bias + m) * (Bias + m)) + set.Sizes.Average(size => size * size));
        var same = sets.Average(set => set.Own.Index().Average(one =>
            set.Own.Where((_, j) => j != one.Index).Average(m => (Bias + one.Item) * (Bias + m))));
        var means = sets.Select(set => Bias + set.Own.Average()).ToList();
        var between = Enumerable.Range(0, Sets).SelectMany(s => Enumerable.Range(0, s).Select(t => means[s] * means[t])).DefaultIfEmpty(double.NaN).Average();
        return new Moments(own + Sampling, same + Sampling, between);
    }

    /// <summary>Each member's constant, and the deviation of its noise.</summary>
    private (double[] Own, double[] Sizes) Of(int repetition, int set) => (
        [.. Normals(Members, repetition, 2000 + set).Select(z => OfMember * z)],
        [.. Normals(Members, repetition, 2500 + set).Select(z => z < 0 ? Noise : Unequal * Noise)]);

    internal static double[] Normals(int count, int repetition, int stream)
    {
        var random = new RandomStream(77, RandomPurpose.Audit, repetition, stream);
        return [.. Enumerable.Range(0, count).Select(i => FixedMath.InverseNormal((random.Word(i) + 0.5) / 4294967296.0))];
    }
}
