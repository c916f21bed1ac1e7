using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// The attacks whose worst case a robust accuracy should be measured by: AutoAttack's idea (Croce and Hein 2020, section 5)
/// of parameter-free gradient attacks on two losses, targeted ones, and one without gradients, with momentum PGD between.
/// </summary>
public static class StandardSequence
{
    /// <summary>The word for it after <c>--attack</c>.</summary>
    public const string Name = "worst";

    private const int ApgdSteps = 100;
    private const int PgdSteps = 50;
    private const int PgdRestarts = 2;

    /// <summary>The attacks in order, each meant for the rows that stand after those before.</summary>
    /// <param name="norm">Norm of the ball.</param>
    /// <param name="epsilon">Its radius.</param>
    /// <param name="classes">Classes of the data: the losses on score ratios need 3 and 4.</param>
    public static IReadOnlyList<BallAttack> Of(AttackNorm norm, double epsilon, int classes)
    {
        BallAttack[] attacks =
        [
            new ApgdCeAttack { Steps = ApgdSteps },
            new ApgdDlrAttack { Steps = ApgdSteps },
            new ApgdTargetedAttack { Steps = ApgdSteps, Targets = Math.Clamp(classes - 1, 1, 9) },
            new PgdAttack { StepSize = epsilon / 10, Steps = PgdSteps, Restarts = PgdRestarts, Momentum = 0.75 },
            new SquareAttack { Queries = 1000 },
        ];
        return [.. attacks.Where(attack => attack.LeastClasses <= Math.Max(2, classes))
            .Select(attack => attack with { Norm = norm, Epsilon = epsilon })];
    }

    /// <summary>Whether a line names the sequence, right or wrong.</summary>
    public static bool IsNamed(string text) =>
        text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var head, ..]
        && head.Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Reads "worst [norm] [eps=number]". What is left out comes from the spec: its test attack, else its training attack.
    /// </summary>
    /// <returns>Norm and epsilon as an attack, or the problems.</returns>
    public static AttackResult Ball(string text, RunSpec spec)
    {
        Attack[] known = [spec.Evaluation.TestAttack, spec.Adversarial.Attack];
        var fallback = known.OfType<BallAttack>().FirstOrDefault();
        var result = AttackText.ReadBall(text, Name, fallback ?? new FgsmAttack());
        if (fallback is not null || result.Attack is null || text.Contains("eps=", StringComparison.Ordinal)) return result;
        return new AttackResult(null,
        [
            SpecProblem.Error(
                "eps",
                "is missing: the run's spec has neither an evaluation.testAttack nor an adversarial.attack to take it from; "
                + $"name it, as in \"{Name} linf eps=0.1\""),
        ]);
    }

    /// <summary>Makes the attacks in order, each on the rows that still stand.</summary>
    public static IReadOnlyList<AttackOutcome> Run(
        RobustEvaluation evaluation, IReadOnlyList<BallAttack> attacks, IReadOnlyList<bool> clean)
    {
        var outcomes = new List<AttackOutcome>();
        foreach (var attack in attacks)
            outcomes.Add(evaluation.Attack(attack, outcomes.Count == 0 ? clean : outcomes[^1].StillCorrect));
        return outcomes;
    }
}
