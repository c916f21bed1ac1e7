namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Runs a search as often as the plan says; each row keeps its worst point over all runs, and rows that are misclassified
/// take no part in further runs. Rows do not influence each other.
/// </summary>
internal sealed class WorstIterateAttack(ISearch search) : IAttack
{
    private readonly Findings _found = new();

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, Span<float> adversarial, Action<int, float[]>? onIterate)
    {
        batch.Rows.CopyTo(adversarial);
        _found.Clear(batch.Count);
        var runs = search.Runs(plan, surface.Classes);
        for (var run = 0; run < runs && !_found.AllMistaken; run++)
            search.Run(surface, plan, batch, run, _found, adversarial, run == 0 ? onIterate : null);
    }
}
