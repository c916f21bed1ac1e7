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
    public void Run_L2_GoesDownTheSlopeAsFarAsTheBallAllows(AttackAlgorithm algorithm) => Assert.InRange(
        ShareOfBest(EvaluationPlans.Of(algorithm, AttackNorm.L2, 0.3f) with { Targets = 1, Steps = 60 }), 0.99999, 1.00001);

    [Fact]
    public void Run_SquareL2_ComesNearIt() => Assert.InRange(
        ShareOfBest(EvaluationPlans.Of(AttackAlgorithm.Square, AttackNorm.L2, 0.3f) with { Queries = 3000 }), 0.9, 1.00001);

    // Of the way down the slope that is epsilon times the slope's length: what the worst point, and it alone, goes.
    private static double ShareOfBest(AttackPlan plan)
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var best = plan.Epsilon * Math.Sqrt(Slope.Sum(slope => (double)slope * slope));
        return Attacked.Run(LinearModel.Duel(Slope, 3), plan, grey, [0]).Zip(Slope, (pixel, slope) => (0.5 - pixel) * slope).Sum() / best;
    }
}
