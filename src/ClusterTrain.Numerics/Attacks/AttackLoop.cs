using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Runs an <see cref="AttackPlan"/> against a loss surface. Owns its scratch memory; one per thread.</summary>
public sealed class AttackLoop
{
    private readonly LastIterateAttack _last = new();
    private readonly Dictionary<AttackAlgorithm, IAttack> _worst = [];

    /// <summary>Adversarial versions of <paramref name="rows"/>; both [batch, features], labels [batch].</summary>
    /// <param name="surface">The network under attack, with its mask if it has one.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="rows">Clean rows.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="start">Gives the numbers of each restart.</param>
    /// <param name="adversarial">Written.</param>
    /// <param name="onIterate">Sees each iterate of the first run, for tests.</param>
    /// <param name="places">Places of the rows among all that share the start's stream; see <see cref="AttackBatch"/>.</param>
    public void Run(
        ILossSurface surface, AttackPlan plan, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels,
        AttackStart start, Span<float> adversarial, Action<int, float[]>? onIterate = null, ReadOnlySpan<int> places = default) =>
        AttackOf(plan).Run(
            surface, plan, new AttackBatch(surface.Features, rows, labels, places, start), adversarial[..rows.Length], onIterate);

    private IAttack AttackOf(AttackPlan plan)
    {
        if (plan is { Keep: KeptIterate.Last, Algorithm: AttackAlgorithm.Pgd }) return _last;
        if (plan.Keep == KeptIterate.Last)
            throw new ArgumentException($"{plan.Algorithm} keeps its worst iterate; it has no use for its last.", nameof(plan));
        if (!_worst.TryGetValue(plan.Algorithm, out var attack))
            _worst[plan.Algorithm] = attack = new WorstIterateAttack(Search(plan.Algorithm));
        return attack;
    }

    private static ISearch Search(AttackAlgorithm algorithm) => algorithm switch
    {
        AttackAlgorithm.Pgd => new PgdSearch(),
        AttackAlgorithm.ApgdCrossEntropy => new ApgdSearch(new PlainObjective(CrossEntropyLoss.Instance)),
        AttackAlgorithm.ApgdDlr => new ApgdSearch(new PlainObjective(DlrLoss.Instance)),
        AttackAlgorithm.ApgdTargetedDlr => new ApgdSearch(new TargetedDlrObjective()),
        AttackAlgorithm.Square => new SquareSearch(),
        _ => throw new InvalidOperationException($"No attack for {algorithm}."),
    };
}
