using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Evaluation;

/// <summary>What one attack did to the rows of a split.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="StillCorrect">For each row, whether it is classified right both clean and under attack.</param>
/// <param name="LargestPerturbation">In the attack's norm, over all attacked rows.</param>
/// <param name="Lowest">Smallest value of any adversarial input.</param>
/// <param name="Highest">Largest value of any adversarial input.</param>
public sealed record AttackOutcome(
    AttackSpec Attack, IReadOnlyList<bool> StillCorrect, double LargestPerturbation, double Lowest, double Highest)
{
    /// <summary>Share of all rows, 0 to 1.</summary>
    public double RobustAccuracy => (double)StillCorrect.Count(correct => correct) / StillCorrect.Count;
}
