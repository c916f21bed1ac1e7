namespace ClusterTrain.Numerics.Attacks;

/// <summary>A search for the worst point of each row's ball, which notes every point that it visits.</summary>
internal interface ISearch
{
    /// <summary>Independent runs: restarts, times targets where there are any.</summary>
    int Runs(AttackPlan plan, int classes);

    /// <summary>One run over the rows that <paramref name="found"/> has not seen misclassified yet.</summary>
    void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate);
}
