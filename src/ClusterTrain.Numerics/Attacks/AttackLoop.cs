namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Runs an <see cref="AttackPlan"/> against a loss surface: the search of its attack as often as that says. Each row keeps its
/// worst point over all runs; where any visited point counts, rows that are misclassified take no part in further runs. Rows do
/// not influence each other. Owns its scratch memory; one per thread.
/// </summary>
public sealed class AttackLoop
{
    private readonly Dictionary<Type, ISearch> _searches = [];
    private readonly Findings _found = new();

    /// <summary>Adversarial versions of <paramref name="rows"/>, in the attack's ball and the inputs' range; both [batch, features].</summary>
    /// <param name="surface">The network under attack, with its mask if it has one.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="rows">Clean rows.</param>
    /// <param name="labels">Their classes, [batch].</param>
    /// <param name="start">Gives the numbers of each restart.</param>
    /// <param name="adversarial">Written.</param>
    /// <param name="onIterate">Sees each iterate of the first run, for tests.</param>
    /// <param name="places">Places of the rows among all that share the start's stream; see <see cref="AttackBatch"/>.</param>
    public void Run(
        ILossSurface surface, AttackPlan plan, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels,
        AttackStart start, Span<float> adversarial, Action<int, float[]>? onIterate = null, ReadOnlySpan<int> places = default)
    {
        if (plan is { Keep: KeptIterate.Last, Attack.CanTrain: false })
            throw new ArgumentException($"{plan.Attack.Name} keeps its worst iterate; it has no use for its last.", nameof(plan));
        var batch = new AttackBatch(surface.Features, rows, labels, places, start);
        if (!_searches.TryGetValue(plan.Attack.GetType(), out var search))
            _searches[plan.Attack.GetType()] = search = plan.Attack.Search();
        rows.CopyTo(adversarial);
        _found.Clear(batch.Count);
        var runs = search.Runs(plan.Attack, surface.Classes);
        for (var run = 0; run < runs && !_found.AllMistaken; run++)
            search.Run(surface, plan, batch, run, _found, adversarial[..rows.Length], run == 0 ? onIterate : null);
    }
}
