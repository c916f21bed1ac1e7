using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Estimation;

/// <summary>Do 95% intervals hold the planted truth 95 times out of 100? 1,000 repetitions each, the same on every machine.</summary>
public sealed class CoverageTests
{
    private const int Repetitions = 1000;
    private const double Level = 0.95;

    // The planted part s belongs to the rows, which are drawn anew each time, and so are the members.
    private static readonly PlantedErrors Planted = new() { Sets = 2, Members = 8, Rows = 120 };
    private static readonly BootstrapWeights Weights = new(seed: 3, draws: 500, rows: 120);

    private static readonly string[] Names = ["V", "C", "rho", "optimization", "sampling", "bias"];
    private static readonly PlantedErrors OtherArm = Planted with { Noise = 0.3, Bias = 0.45 };
    private static readonly PlantedErrors SameRows = Planted with { RowsOf = 7 };

    // What each figure is estimated to be in each repetition, worked out once for all tests of these errors.
    private static readonly Lazy<Dictionary<string, Estimate[]>> Estimates = new(() => EachFigure(repetition =>
    {
        var sample = Sample(Planted.Draw(repetition));
        return figure => sample.Replicate(figure);
    }));

    // The same rows: the common part is in both arms, and only pairing takes it out.
    private static readonly Lazy<Dictionary<string, Estimate[]>> Differences = new(() => EachFigure(repetition =>
    {
        var a = Sample((Planted with { RowsOf = repetition + 1 }).Draw(repetition));
        var b = Sample((OtherArm with { RowsOf = repetition + 1 }).Draw(repetition + 50_000));
        return figure => b.Replicate(figure).Minus(a.Replicate(figure));
    }));

    private static readonly Lazy<Dictionary<string, Estimate[]>> OnSameRows = new(() => EachFigure(repetition =>
    {
        var sample = Sample(SameRows.Draw(repetition));
        return figure => sample.Replicate(figure);
    }));

    public static TheoryData<string> Figures() => [.. Names];

    [Theory]
    [MemberData(nameof(Figures))]
    public void Total_RowsAndMembersDrawnAnew_CoversTheTruth(string name)
    {
        var figure = FigureOf(name);

        var covered = Count(repetition => Estimates.Value[name][repetition].Total.Covers(figure(Planted.Truth)));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    // All variance is of a member on a row: the bootstrap over rows holds it, and so does the jackknife over members.
    [Theory]
    [InlineData("V")]
    [InlineData("optimization")]
    public void Total_NothingButWhatRowsAndMembersHaveTogether_CoversTheTruth(string name)
    {
        var figure = FigureOf(name);
        var planted = Planted with { OfMember = 0, Bias = 0.1, OfSet = 0.1, Noise = 0.5, Unequal = 1 };

        var covered = Count(repetition => Of(planted.Draw(repetition), figure).Total.Covers(figure(planted.Truth)));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    // Not of the sampling variance: its models' part is all of second order, for which a jackknife is known to be too wide
    // (Efron and Stein 1981).
    [Theory]
    [InlineData("V")]
    [InlineData("C")]
    [InlineData("rho")]
    [InlineData("optimization")]
    public void Total_DifferenceOfTwoArms_CoversThePlantedDifference(string name)
    {
        var figure = FigureOf(name);
        var truth = figure(OtherArm.Truth) - figure(Planted.Truth);

        var covered = Count(repetition => Differences.Value[name][repetition].Total.Covers(truth));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    // Rows drawn anew: the truth is that of the members as they are.
    [Theory]
    [MemberData(nameof(Figures))]
    public void Points_RowsDrawnAnew_CoverTheTruth(string name)
    {
        var figure = FigureOf(name);

        var covered = Count(repetition => Estimates.Value[name][repetition].Points.Covers(figure(Planted.TruthOfMembers(repetition))));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    // The same rows each time, members drawn anew: the truth is that of these rows.
    [Theory]
    [InlineData("V")]
    [InlineData("C")]
    [InlineData("rho")]
    [InlineData("optimization")]
    public void Models_MembersDrawnAnew_CoverTheTruthOfTheRows(string name)
    {
        var figure = FigureOf(name);
        var planted = SameRows;
        var sets = Enumerable.Range(0, 2).Select(set => PlantedErrors.Normals(planted.Rows, 7, 1000 + set)).ToList();
        double Squares(double[] shared) => shared.Average(z => Math.Pow(planted.Bias + (planted.OfSet * z), 2));
        var shared = sets.Average(Squares);
        var truth = new Moments(shared + planted.Optimization, shared, 0);

        var covered = Count(repetition => OnSameRows.Value[name][repetition].Models.Covers(figure(truth)));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    [Fact]
    public void HeldOut_PoolsOfOneKind_ResidualCoversZero()
    {
        var covered = Count(repetition => Residual(Planted.Draw(repetition), Planted.Draw(repetition + 50_000)).Total.Covers(0));

        Assert.InRange(covered, 0.93 * Repetitions, 0.97 * Repetitions);
    }

    [Fact]
    public void HeldOut_PoolBIsWorse_ResidualLeavesZero()
    {
        var worse = Planted with { Noise = 0.9 };

        var covered = Count(repetition => Residual(Planted.Draw(repetition), worse.Draw(repetition + 50_000)).Total.Covers(0));

        Assert.InRange(covered, 0, 0.05 * Repetitions);
    }

    private static Estimate Residual(ErrorTable a, ErrorTable b) => Estimate.Of(HeldOut.Residual(Sample(a), Sample(b), k: 4), Level);

    private static Estimate Of(ErrorTable errors, Func<Moments, double> figure) => Estimate.Of(Sample(errors).Replicate(figure), Level);

    private static ArmSample Sample(ErrorTable errors) => ArmSample.Of(errors, Gram.Of(errors), Weights);

    private static Dictionary<string, Estimate[]> EachFigure(Func<int, Func<Func<Moments, double>, Replicates>> replicates)
    {
        var estimates = Names.ToDictionary(name => name, _ => new Estimate[Repetitions], StringComparer.Ordinal);
        Parallel.For(0, Repetitions, repetition =>
        {
            var of = replicates(repetition);
            foreach (var name in Names) estimates[name][repetition] = Estimate.Of(of(FigureOf(name)), Level);
        });
        return estimates;
    }

    private static int Count(Func<int, bool> covers) => Enumerable.Range(0, Repetitions).Count(covers);

    private static Func<Moments, double> FigureOf(string name) => name switch
    {
        "V" => moments => moments.V,
        "C" => moments => moments.C,
        "rho" => moments => moments.Rho,
        "optimization" => moments => moments.Optimization,
        "sampling" => moments => moments.Sampling,
        _ => moments => moments.BiasAndNoise,
    };
}
