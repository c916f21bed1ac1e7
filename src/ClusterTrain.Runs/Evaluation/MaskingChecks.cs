using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>Comparisons of attacks that see a network's gradients differently: where they disagree, gradients mislead.</summary>
internal static class MaskingChecks
{
    // Square finds a row now and then that the others just miss.
    private const double RowsBySquareAlone = 0.005;

    // A row of a small network may lie where all its units are off.
    private const double RowsWithoutGradient = 0.02;
    private const double RowsThatOneStepMisses = 0.25;
    private const double RowsByFewQueries = 0.05;
    private const int ManySteps = 20;
    private const int FewQueries = 200;
    private const string NoBlackBox = "no black-box attack beats the white-box attacks";

    /// <param name="clean">Rows classified right.</param>
    /// <param name="outcomes">The attacks that were made, on all rows or on those that stood.</param>
    public static IEnumerable<SanityCheck> Of(bool[] clean, IReadOnlyList<AttackOutcome> outcomes)
    {
        var blackBox = Broken(clean, outcomes, IsBlackBox);
        var whiteBox = Broken(clean, outcomes, attack => !IsBlackBox(attack));
        if (outcomes.Any(outcome => IsBlackBox(outcome.Attack)) && outcomes.Any(outcome => !IsBlackBox(outcome.Attack)))
        {
            var alone = blackBox.Zip(whiteBox).Count(row => row is { First: true, Second: false });
            yield return new SanityCheck(
                NoBlackBox, alone <= Allowed(RowsBySquareAlone, clean.Length),
                $"{alone} of {clean.Length} rows are broken by square alone (allowed: {Allowed(RowsBySquareAlone, clean.Length)})");
        }
    }

    /// <summary>
    /// Whether the gradient that attacks on cross-entropy follow is there: in float32 a softmax that is exactly 1 has none, and every
    /// such attack then reports a robust network. Judged by the gradients themselves; that two losses find different rows says
    /// nothing yet.
    /// </summary>
    public static SanityCheck Gradients(RobustEvaluation evaluation, bool[] clean)
    {
        var (rows, blind) = (clean.Count(right => right), evaluation.WithoutGradient(clean));
        var allowed = Allowed(RowsWithoutGradient, rows);
        return new SanityCheck(
            "gradients of cross-entropy have not vanished", blind <= allowed,
            $"{blind} of {rows} rows have a gradient of exactly 0, or one that is not finite (allowed: {allowed})");
    }

    /// <summary>
    /// Whether one step finds most of what many find, where a figure or the training rests on one: training on one step can collapse
    /// (Wong et al. 2020; Andriushchenko and Flammarion 2020), so that the network is right after one step and nowhere else.
    /// </summary>
    /// <param name="made">The attack on these rows, whatever it is.</param>
    /// <param name="oneStep">Share of all rows that are right under FGSM.</param>
    public static IEnumerable<SanityCheck> OneStep(RobustEvaluation evaluation, bool[] clean, AttackOutcome made, double oneStep)
    {
        if (!evaluation.IsTrainedOnOneStep && made.Attack.GradientSteps != 1) yield break;
        var many = made.Attack.GradientSteps == 1 ? evaluation.Attack(Pgd(made.Attack), clean).RobustAccuracy : made.RobustAccuracy;
        var least = made.Attack.GradientSteps == 1 ? Math.Max(oneStep, made.RobustAccuracy) : oneStep;
        yield return new SanityCheck(
            "one step finds most of what many find", least - many <= RowsThatOneStepMisses,
            $"{SanityChecks.Percent(least)} under one step against {SanityChecks.Percent(many)} under many: training on one step may have collapsed");
    }

    /// <summary>
    /// Whether a short search that sees scores alone breaks little of what an attack by gradients leaves; for where nothing but that
    /// attack is made.
    /// </summary>
    public static SanityCheck BlackBox(RobustEvaluation evaluation, AttackOutcome made)
    {
        var square = new SquareAttack { Norm = made.Attack.Norm, Epsilon = made.Attack.Epsilon, Queries = FewQueries };
        var (broken, rows) = (evaluation.Attack(square, made.StillCorrect).Broken, made.StillCorrect.Count);
        var most = Allowed(RowsByFewQueries, rows);
        return new SanityCheck(
            NoBlackBox, broken <= most, $"{broken} of {rows} rows are broken by {FewQueries} queries of square alone (allowed: {most})");
    }

    private static PgdAttack Pgd(BallAttack attack) =>
        new() { Norm = attack.Norm, Epsilon = attack.Epsilon, StepSize = attack.Epsilon / 4, Steps = ManySteps };

    /// <summary>Rows that were right before some attack of this kind and wrong under it.</summary>
    private static bool[] Broken(bool[] clean, IReadOnlyList<AttackOutcome> outcomes, Func<BallAttack, bool> isOfKind)
    {
        var broken = new bool[clean.Length];
        foreach (var outcome in outcomes.Where(outcome => isOfKind(outcome.Attack)))
            for (var row = 0; row < broken.Length; row++)
                broken[row] |= outcome.Standing[row] && !outcome.StillCorrect[row];
        return broken;
    }

    private static bool IsBlackBox(BallAttack attack) => attack.Sight == AttackSight.Scores;

    private static int Allowed(double share, int rows) => Math.Max(1, (int)(share * rows));
}
