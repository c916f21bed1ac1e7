using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class AttackPlanTests
{
    private static readonly MapShape Image = new(1, 2, 3);
    private static readonly PgdAttack Pgd = Attacked.Pgd(AttackNorm.Linf, 0.5f, 0.125f, 7) with { RandomStart = true, Restarts = 2 };
    private static readonly AttackPlan Plan = new(Pgd);

    [Fact]
    public void Scaled_Factor_ScalesRadiusAndStepAndNothingElse()
    {
        Assert.Equal(new AttackPlan(Pgd with { Epsilon = 0.125, StepSize = 0.03125 }), Plan.Scaled(0.25));
        Assert.Equal(new AttackPlan(Pgd with { Epsilon = 0, StepSize = 0 }), Plan.Scaled(0));
        Assert.Equal(new SquareAttack { Epsilon = 0.125 }, new SquareAttack { Epsilon = 0.5 }.Scaled(0.25));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    public void Scaled_FullStrength_IsThePlanItself(double factor) => Assert.Same(Plan, Plan.Scaled(factor));

    [Fact]
    public void For_TrainingOrEvaluation_KeepsTheLastIterateOrStopsAtTheFirstMistake()
    {
        Assert.Equal(new AttackPlan(Pgd, KeptIterate.Last, Image), AttackPlan.ForTraining(Pgd, Image));
        Assert.Equal(new AttackPlan(Pgd, KeptIterate.FirstMistake, Image), AttackPlan.ForEvaluation(Pgd, Image));
        Assert.Null(AttackPlan.ForTraining(new NoAttack(), Image));
        Assert.Null(AttackPlan.ForEvaluation(new NoAttack(), Image));
    }

    [Fact]
    public void ThreatModel_OfANorm_IsItsOwn()
    {
        Assert.IsType<LinfThreat>(ThreatModels.Of(AttackNorm.Linf, 1));
        Assert.IsType<L2Threat>(ThreatModels.Of(AttackNorm.L2, 1));
        Assert.Throws<InvalidOperationException>(() => ThreatModels.Of((AttackNorm)7, 1));
    }
}
