using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

/// <summary>What a study of all arms says of itself.</summary>
public sealed class StudyResultTests : IClassFixture<StudyResultTests.Finished>
{
    private readonly VarianceResult _result;

    public StudyResultTests(Finished finished) => _result = finished.Result;

    [Fact]
    public void Arms_OfEveryChoice_AreThere() =>
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g-shard", "g-example", "g-pool"], _result.Arms.Select(arm => arm.Id));

    [Fact]
    public void Identity_OfEveryArm_HoldsTo1e9() => Assert.All(_result.Arms, arm =>
    {
        Assert.InRange(arm.IdentityResidual!.Value, 0, 1e-9);
        Assert.All(arm.Curve.Where(point => point.AreAll), point => Assert.Equal(point.Formula, point.Measured.Mse, 1e-9));
    });

    [Fact]
    public void Moments_OfEveryArm_AreThoseOfItsMatrix() => Assert.All(_result.Arms, arm =>
    {
        var moments = Moments.Of((i, j) => arm.G[i][j], arm.Groups);
        Assert.Equal((moments.V, moments.C), (arm.Moments!.V.Value, arm.Moments.C.Value));
        Assert.Equal(moments.V, arm.Moments.Optimization.Value + arm.Moments.Sampling!.Value + arm.Moments.BiasAndNoise!.Value, 12);
        Assert.Equal(2, arm.Moments.PerSet.Count);
        Assert.Equal(arm.Moments.V.Value, arm.Moments.PerSet.Average(set => set.V), 12);
    });

    [Fact]
    public void HeldOut_OfEveryArm_ForetellsUpToHalfTheMembers() => Assert.All(_result.Arms, arm =>
    {
        Assert.Equal([1, 2, 3], arm.HeldOut.Select(point => point.K));
        Assert.All(arm.HeldOut, point => Assert.Equal(point.Measured - point.Predicted, point.Residual.Value, 1e-9));
    });

    [Fact]
    public void Changes_OfEveryArmButTheBaseline_AreDifferencesAgainstIt()
    {
        Assert.Null(_result.Baseline.Change);
        Assert.All(_result.Arms.Skip(1), arm =>
        {
            Assert.Equal(arm.Moments!.C.Value - _result.Baseline.Moments!.C.Value, arm.Change!.C.Value, 12);
            Assert.Contains(_result.Verdict, sentence => sentence.EndsWith(arm.Change.Words, StringComparison.Ordinal));
        });
        Assert.DoesNotContain(_result.Verdict, sentence => sentence.Contains("confirmed", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Apart_OfMasks_AreFourWaysToPredict() => Assert.All(_result.Arms, arm =>
    {
        if (arm.Id is not ("d" or "e"))
        {
            Assert.Empty(arm.Apart);
            return;
        }

        Assert.Equal(["mean member", "arithmetic mean of all members", "geometric mean of all members", "the network itself at inference"], arm.Apart.Select(one => one.Name));
        Assert.Equal(arm.Moments!.V.Value, arm.Apart[0].Scores.Mse, 12);
        Assert.Equal(arm.Curve[^1].Measured.Mse, arm.Apart[1].Scores.Mse, 12); // all six members
        Assert.Equal(4, arm.Apart.Select(one => one.Scores.Mse).Distinct().Count());
    });

    [Fact]
    public void Work_OfMasks_IsTrainedOnceAndThinned()
    {
        var (plain, masks, untied) = (Arm("a").Work, Arm("d").Work, Arm("f").Work);

        Assert.Equal((0, true), (masks.TrainingEach, masks.TrainingOnce > 0));
        Assert.Equal((0, true), (plain.TrainingOnce, plain.TrainingEach > masks.TrainingOnce));
        // Inputs kept at 0.8, hidden units at 0.5: 784 * 12 and 12 * 10 weights, two operations each.
        Assert.Equal(2 * ((784 * 12 * 0.4) + (12 * 10 * 0.5)) / 1e6, masks.InferenceEach, 12);
        Assert.Equal(masks.InferenceEach, untied.InferenceEach, 12);
        Assert.Equal(2 * ((784 * 12) + (12 * 10)) / 1e6, plain.InferenceEach, 12);
        Assert.Equal(6, Arm("d").EqualTraining!.K);
        Assert.Equal((3, 3), (Arm("a").EqualTraining!.Budget, Arm("a").EqualTraining!.K));
    }

    [Fact]
    public void Regression_OverAllSizes_FindsCAndVMinusC() => Assert.All(_result.Arms, arm =>
    {
        Assert.Equal(arm.Moments!.C.Value, arm.Regression!.Intercept, 1e-9);
        Assert.Equal(arm.Moments.Optimization.Value, arm.Regression.Slope, 1e-9);
    });

    [Fact]
    public void Csv_HasALineForEachArmAndSize() =>
        Assert.Equal(1 + (9 * 4), StudyFiles.Csv(_result).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

    private ArmResult Arm(string id) => _result.Arms.Single(arm => arm.Id == id);

    public sealed class Finished
    {
        public VarianceResult Result { get; } = TinyStudies.Result(TinyStudies.All);
    }
}
