using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// Attacks whose worst case a robust accuracy should be measured by: <c>autoattack</c> is the standard version of AutoAttack
/// (Croce and Hein 2020, section 5, with its published order and restarts), <c>worst</c> the same idea with one more gradient
/// attack on cross-entropy and without FAB.
/// </summary>
/// <param name="Name">The word for it after <c>--attack</c>.</param>
public sealed record StandardSequence(string Name, Func<double, IReadOnlyList<BallAttack>> Attacks)
{
    private const int Targets = 9;

    /// <summary>All of them, by name.</summary>
    public static readonly Catalogue<StandardSequence> Catalogue = new(
        "sequence", sequence => sequence.Name,
        new StandardSequence("worst", epsilon =>
        [
            new ApgdCeAttack(),
            new ApgdDlrAttack(),
            new ApgdTargetedAttack { Targets = Targets },
            new PgdAttack { StepSize = epsilon / 10, Steps = 50, Restarts = 2, Momentum = 0.75 },
            new SquareAttack { Queries = 5000 },
        ]),
        new StandardSequence("autoattack", _ =>
        [
            new ApgdCeAttack(),
            new ApgdTargetedAttack { Targets = Targets },
            new FabTargetedAttack { Targets = Targets },
            new SquareAttack { Queries = 5000 },
        ]));

    /// <summary>The sequence that others are compared with.</summary>
    public static StandardSequence Worst => Catalogue.BuiltIn[0];

    /// <summary>The attacks in order, each meant for the rows that stand after those before.</summary>
    /// <param name="norm">Norm of the ball.</param>
    /// <param name="epsilon">Its radius.</param>
    /// <param name="classes">Classes of the data: the losses on score ratios need 3 and 4.</param>
    public IReadOnlyList<BallAttack> Of(AttackNorm norm, double epsilon, int classes) =>
        [.. Attacks(epsilon).Where(attack => attack.LeastClasses <= Math.Max(2, classes))
            .Select(attack => attack switch
            {
                ApgdTargetedAttack apgd => apgd with { Targets = Math.Clamp(classes - 1, 1, apgd.Targets) },
                FabTargetedAttack fab => fab with { Targets = Math.Clamp(classes - 1, 1, fab.Targets) },
                _ => attack,
            })
            .Select(attack => attack with { Norm = norm, Epsilon = epsilon })];

    /// <summary>The sequence that a line names, right or wrong; or null.</summary>
    public static StandardSequence? Named(string text) =>
        text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var head, ..] ? Catalogue.Find(head) : null;

    /// <summary>
    /// Reads "name [norm] [eps=number]". What is left out comes from the spec: its test attack, else its training attack.
    /// </summary>
    /// <returns>Norm and epsilon as an attack, or the problems.</returns>
    public AttackResult Ball(string text, RunSpec spec)
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
