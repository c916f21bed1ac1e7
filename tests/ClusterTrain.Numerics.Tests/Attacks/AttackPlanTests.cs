using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class AttackPlanTests
{
    private static readonly AttackPlan Plan =
        Attacked.Plan(AttackNorm.Linf, 0.5f, 0.125f, 7) with { RandomStart = true, Restarts = 2 };

    [Fact]
    public void Scaled_Factor_ScalesRadiusAndStepAndNothingElse()
    {
        Assert.Equal(Plan with { Epsilon = 0.125f, StepSize = 0.03125f }, Plan.Scaled(0.25));
        Assert.Equal(Plan with { Epsilon = 0, StepSize = 0 }, Plan.Scaled(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    public void Scaled_FullStrength_IsThePlanItself(double factor) => Assert.Same(Plan, Plan.Scaled(factor));

    [Theory]
    [InlineData(AttackNorm.Linf)]
    [InlineData(AttackNorm.L2)]
    public void Fgsm_Norm_IsOneStepOfTheWholeRadiusWithoutRandomStart(AttackNorm norm) =>
        Assert.Equal(Attacked.Plan(norm, 0.3f, 0.3f, 1), AttackPlan.Fgsm(norm, 0.3f));

    [Fact]
    public void Threat_Norm_IsItsModel()
    {
        Assert.IsType<LinfThreat>(Plan.Threat());
        Assert.IsType<L2Threat>((Plan with { Norm = AttackNorm.L2 }).Threat());
        Assert.Throws<InvalidOperationException>((Plan with { Norm = (AttackNorm)7 }).Threat);
    }
}
