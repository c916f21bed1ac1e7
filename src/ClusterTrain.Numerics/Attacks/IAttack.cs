namespace ClusterTrain.Numerics.Attacks;

/// <summary>A way to find adversarial rows. Owns its scratch memory; one per thread.</summary>
public interface IAttack
{
    /// <summary>Adversarial versions of the batch, [batch, features], within the plan's ball and [0, 1].</summary>
    /// <param name="surface">The network under attack, with its mask if it has one.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="batch">Clean rows.</param>
    /// <param name="adversarial">Written.</param>
    /// <param name="onIterate">Sees each iterate of the first run, for tests.</param>
    void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, Span<float> adversarial, Action<int, float[]>? onIterate);
}
