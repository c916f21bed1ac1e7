using System.Globalization;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// What any honest robust accuracy must satisfy (Athalye et al. 2018, section 3.1; Carlini et al. 2019, section 5). A check
/// that does not hold points to an attack that fails to find what is there (gradient masking), not to a robust network.
/// </summary>
public static class SanityChecks
{
    // Rounding of x + delta and back can exceed epsilon by a few units in the last place.
    private const double Rounding = 1e-5;

    private static readonly double[] Factors = [0.5, 1, 2, 4];

    /// <param name="evaluation">The network under attack.</param>
    /// <param name="clean">Rows classified right.</param>
    /// <param name="outcomes">The attacks that were made, 1 or more; the first is made again in other strengths.</param>
    /// <param name="rows">Rows for the checks that attack again, from the first on.</param>
    public static IReadOnlyList<SanityCheck> Run(
        RobustEvaluation evaluation, bool[] clean, IReadOnlyList<AttackOutcome> outcomes, int rows)
    {
        var some = clean[..Math.Min(rows, clean.Length)];
        var attack = outcomes[0].Attack;
        var again = evaluation.Attack(attack, some);
        return
        [
            .. outcomes.Where(outcome => outcome.Attacked > 0).Select(outcome => InBounds(outcome, evaluation.Range.IsUnit)),
            EpsilonZero(evaluation, some, attack),
            FallsWithEpsilon(evaluation, some, again),
            ReachesZero(evaluation, some, attack.Norm),
            .. MoreStepsAreNotWeaker(evaluation, some, again),
            .. AgainstOneStep(evaluation, some, again),
            .. MaskingChecks.Of(clean, outcomes),
            MaskingChecks.Gradients(evaluation, some),
        ];
    }

    /// <summary>
    /// The few that a training can afford at its end: on some rows, the attack whose figure it prints, one step of FGSM, a short
    /// attack without gradients, and the gradients themselves.
    /// </summary>
    /// <param name="evaluation">The network under attack.</param>
    /// <param name="attack">What the printed figure was measured by.</param>
    /// <param name="rows">Test rows, from the first.</param>
    public static IReadOnlyList<SanityCheck> Quick(RobustEvaluation evaluation, BallAttack attack, int rows)
    {
        var clean = evaluation.Clean(rows);
        var made = evaluation.Attack(attack, clean);
        return
        [
            MaskingChecks.Gradients(evaluation, clean),
            .. AgainstOneStep(evaluation, clean, made),
            MaskingChecks.BlackBox(evaluation, made),
        ];
    }

    internal static string Percent(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture) + "%";

    private static SanityCheck InBounds(AttackOutcome outcome, bool isUnit) => new(
        $"perturbations stay within eps and inputs within {(isUnit ? "[0, 1]" : "the range of the data")}",
        outcome.LargestPerturbation <= outcome.Attack.Epsilon * (1 + Rounding)
            && outcome.Outside == 0,
        $"{AttackText.Print(outcome.Attack)}: largest perturbation {Number(outcome.LargestPerturbation)}, "
            + $"inputs {Number(outcome.Lowest)} to {Number(outcome.Highest)}");

    private static SanityCheck EpsilonZero(RobustEvaluation evaluation, bool[] clean, BallAttack attack)
    {
        var robust = evaluation.Attack(attack with { Epsilon = 0 }, clean).StillCorrect;
        return new SanityCheck(
            "eps 0 gives the clean accuracy", robust.SequenceEqual(clean),
            $"{Percent(Share(robust))} against {Percent(Share(clean))} clean");
    }

    private static SanityCheck FallsWithEpsilon(RobustEvaluation evaluation, bool[] clean, AttackOutcome made)
    {
        var attack = made.Attack;
        var accuracies = Factors.Select(factor => factor == 1 ? made.RobustAccuracy : evaluation.Attack(
            attack.Scaled(factor), clean).RobustAccuracy).ToList();
        return new SanityCheck(
            "robust accuracy falls as eps grows", accuracies.Zip(accuracies.Skip(1)).All(pair => pair.Second <= pair.First),
            string.Join(", ", Factors.Zip(accuracies, (factor, accuracy) =>
                $"eps {Number(attack.Epsilon * factor)}: {Percent(accuracy)}")));
    }

    /// <summary>
    /// From half the range of the inputs on, every row's ball holds the same middle row, for pictures a grey image, which has one class at most; from the
    /// whole range on, it holds every row there is.
    /// </summary>
    private static SanityCheck ReachesZero(RobustEvaluation evaluation, bool[] clean, AttackNorm norm)
    {
        var range = norm == AttackNorm.Linf ? evaluation.Range.Widest(evaluation.Features) : evaluation.Range.Diagonal(evaluation.Features);
        double[] radii = [range / 2, range];
        var accuracies = radii.Select(radius => StandardSequence.Run(
            evaluation, [.. StandardSequence.Worst.Of(norm, radius, evaluation.Classes).Where(IsUntargetedApgd)], clean)[^1].RobustAccuracy).ToList();
        return new SanityCheck(
            "robust accuracy reaches 0 at large eps", accuracies.All(accuracy => accuracy == 0),
            string.Join(", ", radii.Zip(accuracies, (radius, accuracy) => $"eps {Number(radius)}: {Percent(accuracy)}"))
                + " under Auto-PGD");
    }

    private static IEnumerable<SanityCheck> MoreStepsAreNotWeaker(RobustEvaluation evaluation, bool[] clean, AttackOutcome more)
    {
        var attack = more.Attack;
        if (attack.WithLessEffort() is not { } few || few.Attack == attack) yield break;
        // More steps of PGD go through the points of fewer. The others plan ahead for their number of steps and take
        // another way, so that a row may differ.
        var allowed = few.IsNested ? 0 : Math.Max(1, clean.Length / 200);
        var less = evaluation.Attack(few.Attack, clean);
        var lost = more.StillCorrect.Count(row => row) - less.StillCorrect.Count(row => row);
        yield return new SanityCheck(
            $"more {few.Effort} are not weaker", lost <= allowed,
            $"{AttackText.Print(attack)}: {Percent(more.RobustAccuracy)} against {Percent(less.RobustAccuracy)} with a quarter of the {few.Effort}");
    }

    private static IEnumerable<SanityCheck> AgainstOneStep(RobustEvaluation evaluation, bool[] clean, AttackOutcome made)
    {
        var one = evaluation.Attack(new FgsmAttack { Norm = made.Attack.Norm, Epsilon = made.Attack.Epsilon }, clean).RobustAccuracy;
        var many = made.RobustAccuracy;
        yield return new SanityCheck(
            "the attack is not weaker than one step of FGSM", many <= one, $"{Percent(many)} against {Percent(one)} under FGSM");
        foreach (var check in MaskingChecks.OneStep(evaluation, clean, made, one)) yield return check;
    }

    private static bool IsUntargetedApgd(BallAttack attack) => attack is ApgdCeAttack or ApgdDlrAttack;

    private static double Share(IReadOnlyList<bool> correct) => (double)correct.Count(right => right) / correct.Count;

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
