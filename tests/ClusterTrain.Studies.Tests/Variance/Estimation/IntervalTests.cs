using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Estimation;

public sealed class IntervalTests
{
    // The jackknife of a mean is its textbook standard error: 1, 2, 3, 6 have variance 14/3, over 4.
    [Fact]
    public void Jackknife_OfAMean_IsTheTextbookVariance()
    {
        double[] numbers = [1, 2, 3, 6];
        double[] leftOut = [.. numbers.Select(number => (numbers.Sum() - number) / 3)];

        var (variance, freedom) = Estimate.Jackknife([leftOut]);

        Assert.Equal(14.0 / 3 / 4, variance, 12);
        Assert.Equal(3, freedom, 12);
    }

    [Fact]
    public void Models_OfAMean_IsStudentsInterval()
    {
        double[] leftOut = [11 / 3.0, 10 / 3.0, 3, 2];

        var estimate = Estimate.Of(new Replicates(3, [3, 3], [leftOut], 0, 100), 0.95);

        Assert.Equal(3 - (3.182446 * Math.Sqrt(14.0 / 12)), estimate.Models.Low, 5); // t of 3 degrees of freedom
    }

    [Fact]
    public void Points_OfKnownDraws_ArePercentiles()
    {
        double[] draws = [.. Enumerable.Range(0, 1001).Select(i => i / 10.0).Reverse()];

        var estimate = Estimate.Of(new Replicates(50, draws, [[1, 1]], 0, 100), 0.9);

        Assert.Equal(5, estimate.Points.Low, 12);
        Assert.Equal(95, estimate.Points.High, 12);
    }

    [Fact]
    public void Weights_OfEveryDraw_TakeAsManyRowsAsThereAre()
    {
        var weights = new BootstrapWeights(1, 50, 37);

        Assert.All(weights.Means([.. Enumerable.Repeat(1.0, 37)]), mean => Assert.Equal(1.0, mean));
        var means = weights.Means([.. Enumerable.Range(0, 37).Select(i => (double)i)]);
        Assert.InRange(means.Distinct().Count(), 30, 50);
        Assert.Equal(18, means.Average(), 0.5);
    }

    [Fact]
    public void Sample_TwoMembersOfASet_AreTooFewForAnInterval()
    {
        var errors = new PlantedErrors { Members = 2, Rows = 10 }.Draw(1);

        var failure = Assert.Throws<ArgumentException>(() => ArmSample.Of(errors, Gram.Of(errors), new BootstrapWeights(1, 5, 10)));

        Assert.Contains("3 members", failure.Message, StringComparison.Ordinal);
    }
}
