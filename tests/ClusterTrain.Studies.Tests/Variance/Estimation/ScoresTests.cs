using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Estimation;

public sealed class ScoresTests
{
    // Three rows by hand: right at 0.9, wrong at 0.6, right at 0.6.
    [Fact]
    public void Of_ThreeRowsByHand_GivesAllFour()
    {
        var scores = Scores.Of([0.9, 0.1, 0.6, 0.4, 0.4, 0.6], [0, 1, 1]);

        Assert.Equal((0.02 + 0.72 + 0.32) / 3, scores.Mse, 12);
        Assert.Equal(2 / 3.0, scores.Accuracy, 12);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.6)) / 3, scores.Nll, 12);
        // The two rows of confidence 0.6 share a bin: accuracy 0.5, gap 0.1, and the first row has 0.1 as well.
        Assert.Equal((0.1 + 0.2) / 3, scores.Ece, 12);
    }

    [Fact]
    public void Of_ProbabilityZeroForTheLabel_StaysFinite() =>
        Assert.Equal(30 * Math.Log(10), Scores.Of([1.0, 0.0], [1]).Nll, 9);

    [Fact]
    public void Mean_OfMembers_IsExact() =>
        Assert.Equal([0.25, 0.75], Combination.Mean([[0f, 1f], [9f, 9f], [0.5f, 0.5f]], [0, 2]));

    [Fact]
    public void GeometricMean_OfTwo_IsTheNormalizedRootOfTheirProduct()
    {
        float[] Logs(params double[] p) => [.. p.Select(x => (float)Math.Log(x))];

        var mean = Combination.GeometricMean([Logs(0.9, 0.1), Logs(0.5, 0.5)], [0, 1], classes: 2);

        var (a, b) = (Math.Sqrt(0.45), Math.Sqrt(0.05));
        Assert.Equal(a / (a + b), mean[0], 6);
        Assert.Equal(1, mean[0] + mean[1], 12);
    }

    [Fact]
    public void Subsets_MoreThanTheMost_AreDrawnAndTheSameEachTime()
    {
        var some = Subsets.Of(16, 8, 50, seed: 4);

        Assert.False(some.AreAll);
        Assert.Equal(50, some.Members.Count);
        Assert.All(some.Members, members => Assert.Equal(8, members.Distinct().Count(member => member is >= 0 and < 16)));
        Assert.Equal(some.Members, Subsets.Of(16, 8, 50, seed: 4).Members);
        Assert.NotEqual(some.Members, Subsets.Of(16, 8, 50, seed: 5).Members);
    }

    [Fact]
    public void Subsets_AllOfThem_AreEveryOneOnce()
    {
        var all = Subsets.Of(6, 3, 20, seed: 4).Members.Select(members => string.Join(',', members)).ToList();

        Assert.Equal(20, all.Distinct().Count());
        Assert.Equal("0,1,2", all[0]);
        Assert.Equal("3,4,5", all[^1]);
    }

    [Fact]
    public void Regression_OnTheFormula_FindsCAndVMinusC()
    {
        var moments = new Moments(0.3, 0.2, double.NaN);

        var line = CurveRegression.Of([.. new[] { 1, 2, 4, 8 }.Select(k => (k, moments.Mse(k)))]);

        Assert.Equal(0.2, line.Intercept, 12);
        Assert.Equal(0.1, line.Slope, 12);
        Assert.Equal(1, line.RSquared, 12);
    }
}
