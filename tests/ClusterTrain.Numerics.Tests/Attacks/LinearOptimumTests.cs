using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Where the worst point is known, the attacks find it.</summary>
public sealed class LinearOptimumTests
{
    private static readonly float[] Slope = [0.5f, -0.75f, 1, 0.25f, -1, 0.1f, 0.6f, -0.3f];
    private static readonly float[] Row = [0.5f, 0.5f, 0.5f, 0.95f, 0.5f, 0.05f, 0.5f, 0.5f];

    public static TheoryData<AttackAlgorithm> Gradients =>
        [AttackAlgorithm.ApgdCrossEntropy, AttackAlgorithm.ApgdDlr, AttackAlgorithm.ApgdTargetedDlr];

    [Theory]
    [MemberData(nameof(Gradients))]
    [InlineData(AttackAlgorithm.Square)]
    public void Run_Linf_FindsTheCorner(AttackAlgorithm algorithm)
    {
        var plan = EvaluationPlans.Of(algorithm, AttackNorm.Linf, 0.1f) with { Targets = 1, Queries = 400 };
        double[] corner = [.. Row.Zip(Slope, (pixel, slope) => Math.Clamp(pixel - (0.1 * Math.Sign(slope)), 0, 1))];

        Close.AssertEqual(corner, Attacked.Run(LinearModel.Duel(Slope, 3), plan, Row, [0]), 1e-6, "row");
    }

    [Theory]
    [MemberData(nameof(Gradients))]
    public void Run_L2_FindsThePointDownTheSlope(AttackAlgorithm algorithm)
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var plan = EvaluationPlans.Of(algorithm, AttackNorm.L2, 0.3f) with { Targets = 1, Steps = 60 };
        var length = Math.Sqrt(Slope.Sum(slope => (double)slope * slope));
        double[] point = [.. grey.Zip(Slope, (pixel, slope) => pixel - (0.3 * slope / length))];

        Close.AssertEqual(point, Attacked.Run(LinearModel.Duel(Slope, 3), plan, grey, [0]), 1e-4, "row");
    }

    [Fact]
    public void Run_SquareL2_ComesNearThePointDownTheSlope()
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var plan = EvaluationPlans.Of(AttackAlgorithm.Square, AttackNorm.L2, 0.3f) with { Queries = 3000 };
        var best = 0.3 * Math.Sqrt(Slope.Sum(slope => (double)slope * slope));
        var adversarial = Attacked.Run(LinearModel.Duel(Slope, 3), plan, grey, [0]);
        var found = adversarial.Zip(Slope, (pixel, slope) => (0.5 - pixel) * slope).Sum();

        Assert.InRange(found, 0.9 * best, best * 1.00001);
    }
}
