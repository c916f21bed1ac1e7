using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Every attack of evaluation under every norm.</summary>
internal static class EvaluationPlans
{
    /// <summary>Methods by name, each with every norm.</summary>
    public static TheoryData<string, AttackNorm> All => new MatrixTheoryData<string, AttackNorm>(
        [.. Attack.Catalogue.All.OfType<BallAttack>().Where(attack => attack is not FgsmAttack).Select(attack => attack.Name)],
        Enum.GetValues<AttackNorm>());

    public static BallAttack Of(string method, AttackNorm norm, float epsilon) =>
        (method == "pgd"
            ? new PgdAttack { StepSize = epsilon / 8, Steps = 30, Momentum = 0.5 }
            : With(Attack.Catalogue.Get(method), steps: 30)) with { Norm = norm, Epsilon = epsilon };

    /// <summary>The plan whose answer is the worst iterate.</summary>
    public static AttackPlan Worst(this BallAttack attack, MapShape? image = null) => new(attack, KeptIterate.Worst, image);

    /// <summary>The attack with other effort, where it has such an option.</summary>
    public static BallAttack With(this Attack attack, int? steps = null, int? restarts = null, int? queries = null, bool? start = null) =>
        attack switch
        {
            PgdAttack pgd => pgd with
            {
                Steps = steps ?? pgd.Steps, Restarts = restarts ?? pgd.Restarts, RandomStart = start ?? pgd.RandomStart,
            },
            ApgdTargetedAttack apgd => apgd with
            {
                Steps = steps ?? apgd.Steps, Restarts = restarts ?? apgd.Restarts, RandomStart = start ?? apgd.RandomStart, Targets = 2,
            },
            ApgdAttack apgd => apgd with
            {
                Steps = steps ?? apgd.Steps, Restarts = restarts ?? apgd.Restarts, RandomStart = start ?? apgd.RandomStart,
            },
            FabTargetedAttack fab => fab with { Steps = steps ?? fab.Steps, Restarts = restarts ?? fab.Restarts, Targets = 2 },
            SquareAttack square => square with { Queries = queries ?? 60, Restarts = restarts ?? square.Restarts },
            _ => (BallAttack)attack,
        };
}
