using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>What one attack did to the rows of a split.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Standing">For each row, whether it stood before: what was attacked.</param>
/// <param name="StillCorrect">For each row, whether it stood before and is classified right under the attack too.</param>
/// <param name="LargestPerturbation">In the attack's norm, over all attacked rows.</param>
/// <param name="Lowest">Smallest value of any adversarial input.</param>
/// <param name="Highest">Largest value of any adversarial input.</param>
/// <param name="Outside">How far any adversarial input is outside the range of the data; 0 when none is.</param>
/// <param name="Time">How long it took.</param>
public sealed record AttackOutcome(
    BallAttack Attack, IReadOnlyList<bool> Standing, IReadOnlyList<bool> StillCorrect, double LargestPerturbation, double Lowest,
    double Highest, double Outside, TimeSpan Time)
{
    /// <summary>Rows that were attacked.</summary>
    public int Attacked => Standing.Count(standing => standing);

    /// <summary>Rows that stood before and do not any more.</summary>
    public int Broken => Attacked - StillCorrect.Count(correct => correct);

    /// <summary>Share of all rows, 0 to 1.</summary>
    public double RobustAccuracy => (double)StillCorrect.Count(correct => correct) / StillCorrect.Count;
}
