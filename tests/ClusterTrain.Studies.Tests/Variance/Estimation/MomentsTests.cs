using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Estimation;

public sealed class MomentsTests
{
    private static readonly PlantedErrors Planted = new() { Sets = 3, Members = 4, Rows = 25 };

    // Two members, one row, two classes, by hand: e1 = (1, 2), e2 = (3, -1).
    [Fact]
    public void Of_TwoMembersByHand_GivesTheirMoments()
    {
        var errors = new ErrorTable([[0, 1]], [[1.0, 2.0], [3.0, -1.0]], rows: 1);

        var moments = Gram.Of(errors).Moments(errors.Groups);

        Assert.Equal((7.5, 1.0), (moments.V, moments.C));
        Assert.True(double.IsNaN(moments.Between));
        Assert.Equal(((4.0 * 4.0) + 1.0) / 4, moments.Mse(2), 15); // the mean error is (2, 0.5)
    }

    [Fact]
    public void Errors_OfProbabilities_AreProbabilitiesMinusTheLabel() =>
        Assert.Equal([-0.75, 0.75, 0.5, -0.5], ErrorTable.Errors([0.25f, 0.75f, 0.5f, 0.5f], [0, 1]));

    [Fact]
    public void PointMoments_MeanOverRows_AreTheMoments()
    {
        var errors = Planted.Draw(1);

        var (moments, points) = (Gram.Of(errors).Moments(errors.Groups), PointMoments.Of(errors));

        Assert.Equal(moments.V, points.V.Average(), 12);
        Assert.Equal(moments.C, points.C.Average(), 12);
        Assert.Equal(moments.Between, points.Between.Average(), 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Mse_FromG_IsTheMeanOverAllEnsembles(int k)
    {
        // Whatever the bias and however unequal the members: an identity, checked by forming every ensemble.
        var errors = new PlantedErrors { Bias = 3, Noise = 2 }.Draw(5);
        var moments = Gram.Of(errors).Moments(errors.Groups);

        var formed = Subsets.Of(8, k, 100, seed: 1);

        Assert.True(formed.AreAll);
        Assert.Equal(moments.Mse(k), formed.Members.Average(members => MseOfMean(errors, members)), 1e-9);
    }

    [Fact]
    public void Moments_OverManyDraws_AreUnbiased()
    {
        var draws = Enumerable.Range(0, 4000).Select(Planted.Draw)
            .Select(errors => Gram.Of(errors).Moments(errors.Groups)).ToList();

        AssertMean(draws, moments => moments.V, Planted.Truth.V);
        AssertMean(draws, moments => moments.C, Planted.Truth.C);
        AssertMean(draws, moments => moments.Optimization, Planted.Optimization);
        AssertMean(draws, moments => moments.Sampling, Planted.Sampling);
        AssertMean(draws, moments => moments.BiasAndNoise, Planted.Between);
    }

    /// <summary>Within 4 standard errors of the truth, and these are small enough for that to mean something.</summary>
    private static void AssertMean(List<Moments> draws, Func<Moments, double> figure, double truth)
    {
        var numbers = draws.Select(figure).ToList();
        var mean = numbers.Average();
        var error = Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean))) / numbers.Count;
        Assert.InRange(error, 0, truth * 0.01);
        Assert.InRange(mean, truth - (4 * error), truth + (4 * error));
    }

    private static double MseOfMean(ErrorTable errors, int[] members) =>
        Enumerable.Range(0, errors.Rows * errors.Classes).Sum(i =>
        {
            var mean = members.Average(member => errors[member][i]);
            return mean * mean;
        }) / errors.Rows;
}
