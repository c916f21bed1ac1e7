using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Where the worst point is known, the attacks find it.</summary>
public sealed class LinearOptimumTests
{
    private static readonly float[] Slope = [0.5f, -0.75f, 1, 0.25f, -1, 0.1f, 0.6f, -0.3f];
    private static readonly float[] Row = [0.5f, 0.5f, 0.5f, 0.95f, 0.5f, 0.05f, 0.5f, 0.5f];

    public static TheoryData<string> Gradients => ["apgdCe", "apgdDlr", "apgdTargeted"];

    [Theory]
    [MemberData(nameof(Gradients))]
    [InlineData("square")]
    public void Run_Linf_FindsTheCorner(string method)
    {
        var attack = OneTarget(EvaluationPlans.Of(method, AttackNorm.Linf, 0.1f).With(queries: 400));
        double[] corner = [.. Row.Zip(Slope, (pixel, slope) => Math.Clamp(pixel - (0.1 * Math.Sign(slope)), 0, 1))];

        Close.AssertEqual(corner, Attacked.Run(LinearModel.Duel(Slope, 3), attack.Worst(), Row, [0]), 1e-6, "row");
    }

    [Theory]
    [MemberData(nameof(Gradients))]
    public void Run_L2_GoesDownTheSlopeAsFarAsTheBallAllows(string method) => Assert.InRange(
        ShareOfBest(OneTarget(EvaluationPlans.Of(method, AttackNorm.L2, 0.3f).With(steps: 60))), 0.99999, 1.00001);

    [Fact]
    public void Run_SquareL2_ComesNearIt() => Assert.InRange(
        ShareOfBest(EvaluationPlans.Of("square", AttackNorm.L2, 0.3f).With(queries: 3000)), 0.9, 1.00001);

    private static BallAttack OneTarget(BallAttack attack) =>
        attack is ApgdTargetedAttack targeted ? targeted with { Targets = 1 } : attack;

    // Of the way down the slope that is epsilon times the slope's length: what the worst point, and it alone, goes.
    private static double ShareOfBest(BallAttack attack)
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var best = attack.Epsilon * Math.Sqrt(Slope.Sum(slope => (double)slope * slope));
        return Attacked.Run(LinearModel.Duel(Slope, 3), attack.Worst(), grey, [0]).Zip(Slope, (pixel, slope) => (0.5 - pixel) * slope).Sum() / best;
    }
}
