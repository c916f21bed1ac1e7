using System.Globalization;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Evaluation;

/// <summary>
/// What any honest robust accuracy must satisfy. A check that does not hold points to an attack that fails to find what
/// is there (gradient masking), not to a robust network.
/// </summary>
public static class SanityChecks
{
    // Rounding of x + delta and back can exceed epsilon by a few units in the last place.
    private const double Rounding = 1e-5;

    private static readonly double[] Factors = [0.5, 1, 2, 4];

    /// <param name="evaluation">The network under attack.</param>
    /// <param name="clean">Rows classified right.</param>
    /// <param name="outcomes">The attacks that were made.</param>
    /// <param name="rows">Rows for the checks that attack again, from the first on.</param>
    public static IReadOnlyList<SanityCheck> Run(
        RobustEvaluation evaluation, bool[] clean, IReadOnlyList<AttackOutcome> outcomes, int rows)
    {
        var some = clean[..Math.Min(rows, clean.Length)];
        var attack = outcomes[0].Attack;
        return
        [
            .. outcomes.Select(InBounds),
            EpsilonZero(evaluation, some, attack),
            FallsWithEpsilon(evaluation, some, attack),
            NotWeakerThanOneStep(evaluation, some, attack),
        ];
    }

    private static SanityCheck InBounds(AttackOutcome outcome) => new(
        "perturbations stay within eps and inputs within [0, 1]",
        outcome.LargestPerturbation <= outcome.Attack.Epsilon * (1 + Rounding)
            && (outcome.Lowest >= 0 || double.IsInfinity(outcome.Lowest)) && outcome.Highest <= 1,
        $"{AttackText.Print(outcome.Attack)}: largest perturbation {Number(outcome.LargestPerturbation)}, "
            + $"inputs {Number(outcome.Lowest)} to {Number(outcome.Highest)}");

    private static SanityCheck EpsilonZero(RobustEvaluation evaluation, bool[] clean, AttackSpec attack)
    {
        var robust = evaluation.Attack(attack with { Epsilon = 0 }, clean).StillCorrect;
        return new SanityCheck(
            "eps 0 gives the clean accuracy", robust.SequenceEqual(clean),
            $"{Share(robust)} against {Share(clean)} clean");
    }

    private static SanityCheck FallsWithEpsilon(RobustEvaluation evaluation, bool[] clean, AttackSpec attack)
    {
        var accuracies = Factors.Select(factor => evaluation.Attack(
            attack with { Epsilon = attack.Epsilon * factor, StepSize = attack.StepSize * factor }, clean).RobustAccuracy).ToList();
        return new SanityCheck(
            "robust accuracy falls as eps grows", accuracies.Zip(accuracies.Skip(1)).All(pair => pair.Second <= pair.First),
            string.Join(", ", Factors.Zip(accuracies, (factor, accuracy) =>
                $"eps {Number(attack.Epsilon * factor)}: {Percent(accuracy)}")));
    }

    private static SanityCheck NotWeakerThanOneStep(RobustEvaluation evaluation, bool[] clean, AttackSpec attack)
    {
        var one = evaluation.Attack(attack with { Method = AttackMethod.Fgsm }, clean).RobustAccuracy;
        var many = evaluation.Attack(attack, clean).RobustAccuracy;
        return new SanityCheck(
            "the attack is not weaker than one step of FGSM", many <= one, $"{Percent(many)} against {Percent(one)} under FGSM");
    }

    private static string Share(IReadOnlyList<bool> correct) => Percent((double)correct.Count(right => right) / correct.Count);

    private static string Percent(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture) + "%";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
