namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// A search for the worst point of each row's ball, which notes every point that it visits. Owns its scratch memory; one per
/// thread.
/// </summary>
public interface ISearch
{
    /// <summary>Independent runs: restarts, times targets where there are any.</summary>
    int Runs(BallAttack attack, int classes);

    /// <summary>One run over the rows that <paramref name="found"/> has not seen misclassified yet.</summary>
    /// <param name="surface">The network under attack.</param>
    /// <param name="plan">The attack, of the type that made this search.</param>
    /// <param name="batch">Clean rows.</param>
    /// <param name="run">Which run, 0 for the first.</param>
    /// <param name="found">The worst points so far.</param>
    /// <param name="adversarial">The worst points themselves, [batch, features].</param>
    /// <param name="onIterate">Sees each iterate, for tests.</param>
    void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate);
}
