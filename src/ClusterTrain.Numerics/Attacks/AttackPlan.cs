using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>An attack and what its answer is for.</summary>
/// <param name="Attack">What to do.</param>
/// <param name="Keep">Which of the visited points is the answer: training takes the last, evaluation the worst.</param>
/// <param name="Image">Maps of a row, for attacks that draw on them; null for plain features.</param>
/// <param name="Range">Of the inputs; null means [0, 1].</param>
public sealed record AttackPlan(
    BallAttack Attack, KeptIterate Keep = KeptIterate.Last, MapShape? Image = null, InputRange? Range = null)
{
    /// <summary>The plan of training, whose answer is the last iterate; null for no attack.</summary>
    public static AttackPlan? ForTraining(Attack attack, MapShape image, InputRange? range = null) =>
        attack is BallAttack ball ? new AttackPlan(ball, KeptIterate.Last, image, range) : null;

    /// <summary>
    /// The plan of a measurement: a row counts as broken when any point that is visited is misclassified. Null for no attack.
    /// </summary>
    public static AttackPlan? ForEvaluation(Attack attack, MapShape image, InputRange? range = null) =>
        attack is BallAttack ball ? new AttackPlan(ball, KeptIterate.FirstMistake, image, range) : null;

    /// <summary>Lengths times <paramref name="factor"/>; the plan itself from factor 1 on.</summary>
    public AttackPlan Scaled(double factor) => factor >= 1 ? this : this with { Attack = Attack.Scaled(factor) };
}
