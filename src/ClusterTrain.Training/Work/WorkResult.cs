namespace ClusterTrain.Training.Work;

/// <summary>The answer to a work item.</summary>
/// <param name="Id">Which item it answers.</param>
public abstract record WorkResult(WorkId Id)
{
    public sealed record Attacked(WorkId Id, AdversarialBatch Batch) : WorkResult(Id);

    public sealed record Gradient(WorkId Id, ShardGradient Shard) : WorkResult(Id);

    public sealed record Evaluated(WorkId Id, EvaluationSums Sums) : WorkResult(Id);
}
