using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Every algorithm under every norm, as evaluation uses it.</summary>
internal static class EvaluationPlans
{
    public static TheoryData<AttackAlgorithm, AttackNorm> All =>
        new MatrixTheoryData<AttackAlgorithm, AttackNorm>(Enum.GetValues<AttackAlgorithm>(), Enum.GetValues<AttackNorm>());

    public static AttackPlan Of(AttackAlgorithm algorithm, AttackNorm norm, float epsilon, MapShape? image = null) => new()
    {
        Algorithm = algorithm,
        Norm = norm,
        Epsilon = epsilon,
        StepSize = epsilon / 8,
        Steps = 30,
        RandomStart = true,
        Momentum = algorithm == AttackAlgorithm.Pgd ? 0.5f : 0,
        Targets = 2,
        Queries = 60,
        Image = image,
        Keep = KeptIterate.Worst,
    };
}
