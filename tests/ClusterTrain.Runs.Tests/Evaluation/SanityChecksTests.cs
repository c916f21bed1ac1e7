using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class SanityChecksTests
{
    [Fact]
    public void Run_HonestNetwork_AllHold()
    {
        var checks = Checks(TinyNetwork.Honest());

        Assert.All(checks, check => Assert.True(check.Holds, $"{check.Name}: {check.Detail}"));
        Assert.Equal(
            [
                "perturbations stay within eps and inputs within [0, 1]", "eps 0 gives the clean accuracy",
                "robust accuracy falls as eps grows", "robust accuracy reaches 0 at large eps", "more steps are not weaker",
                "the attack is not weaker than one step of FGSM", "no black-box attack beats the white-box attacks",
            ],
            checks.Select(check => check.Name).Distinct().Where(name => !name.StartsWith("gradients of", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_NetworkWhoseCrossEntropyVanishes_ReportsMasking()
    {
        var masked = Checks(TinyNetwork.Masked(1e6f)).Where(check => !check.Holds).Select(check => check.Name);

        Assert.Contains("gradients of cross-entropy have not vanished", masked);
    }

    [Fact]
    public void Run_WhiteBoxThatFailsBesideSquare_ReportsMasking()
    {
        var evaluation = TinyNetwork.Masked(1e6f);
        var clean = evaluation.Clean(40);
        BallAttack[] attacks =
        [
            new PgdAttack { Epsilon = 0.1, Steps = 20, RandomStart = false },
            new SquareAttack { Epsilon = 0.1, Queries = 300 },
        ];
        var outcomes = attacks.Select(attack => evaluation.Attack(attack, clean)).ToList();

        Assert.Equal(evaluation.Clean(40).Count(right => right), outcomes[0].StillCorrect.Count(right => right));
        Assert.True(outcomes[1].RobustAccuracy < outcomes[0].RobustAccuracy);
        var failed = SanityChecks.Run(evaluation, clean, outcomes, 40).Where(check => !check.Holds).Select(check => check.Name);
        Assert.Contains("no black-box attack beats the white-box attacks", failed);
    }

    [Fact]
    public void Run_NetworkThatAlwaysSaysTheSame_IsReportedAtLargeEps()
    {
        var evaluation = TinyNetwork.Masked(0);
        var clean = evaluation.Clean(40);
        Assert.Contains(true, clean);

        Assert.Contains("robust accuracy reaches 0 at large eps", Checks(evaluation).Where(check => !check.Holds).Select(check => check.Name));
    }

    [Fact]
    public void Run_AttackThatHardlyMoves_IsReportedBesideFgsm()
    {
        var evaluation = TinyNetwork.Honest();
        var clean = evaluation.Clean(40);
        var attack = new PgdAttack { Epsilon = 0.1, StepSize = 1e-5, Steps = 4, RandomStart = false };
        var failed = SanityChecks.Run(evaluation, clean, [evaluation.Attack(attack, clean)], 40).Where(check => !check.Holds);

        Assert.Equal("the attack is not weaker than one step of FGSM", Assert.Single(failed).Name);
    }

    [Fact]
    public void Run_OutcomeOutsideTheBall_IsReported()
    {
        var clean = new bool[] { true, true };
        var evaluation = TinyNetwork.Honest();
        var outcome = new AttackOutcome(new FgsmAttack { Epsilon = 0.1 }, clean, clean, 0.1, 0, 1, 0, TimeSpan.Zero);
        bool Holds(AttackOutcome made) => SanityChecks.Run(evaluation, clean, [made], 2)[0].Holds;

        Assert.True(Holds(outcome));
        Assert.False(Holds(outcome with { LargestPerturbation = 0.101 }));
        Assert.False(Holds(outcome with { Outside = 0.001 }));
    }

    private static IReadOnlyList<SanityCheck> Checks(RobustEvaluation evaluation)
    {
        var clean = evaluation.Clean(40);
        return SanityChecks.Run(evaluation, clean, StandardSequence.Run(evaluation, TinyNetwork.Sequence(), clean), 40);
    }
}
