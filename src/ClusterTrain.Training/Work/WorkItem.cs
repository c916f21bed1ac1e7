using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Work;

/// <summary>
/// A piece of work: pure and idempotent. What it names, the parameters of its version, and the run's data decide its
/// result; who executes it does not.
/// </summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Version of the parameters that it reads.</param>
public abstract record WorkItem(WorkId Id, long Version)
{
    /// <summary>Make the adversarial examples of one shard of step <c>Id.Step</c>.</summary>
    /// <param name="Halvings">How often the step of the attack was halved.</param>
    public sealed record Attack(WorkId Id, long Version, int Halvings = 0) : WorkItem(Id, Version);

    /// <summary>The gradient of one shard; with <paramref name="Batch"/>, on these adversarial examples.</summary>
    /// <param name="Halvings">Without it: how often the step of the attack was halved.</param>
    public sealed record Gradient(WorkId Id, long Version, AdversarialBatch? Batch, int Halvings = 0) : WorkItem(Id, Version);

    /// <summary>Loss and accuracy of some rows; with <paramref name="Threat"/>, robust accuracy too.</summary>
    public sealed record Evaluate(WorkId Id, long Version, EvaluationChunk Chunk, AttackPlan? Threat) : WorkItem(Id, Version);
}
