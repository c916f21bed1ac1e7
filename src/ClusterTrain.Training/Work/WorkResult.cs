namespace ClusterTrain.Training.Work;

/// <summary>The answer to a work item, or in one piece to several with consecutive numbers.</summary>
/// <param name="Id">Which item it answers; the first of several.</param>
public abstract record WorkResult(WorkId Id)
{
    /// <summary>Items that it answers, 1 or more.</summary>
    public virtual int Count => 1;

    public sealed record Attacked(WorkId Id, AdversarialBatch Batch) : WorkResult(Id);

    /// <summary>The gradient of a shard, or the sum over an aligned block of them.</summary>
    public sealed record Gradient(WorkId Id, ShardGradient Shard) : WorkResult(Id)
    {
        public override int Count => Shard.Shards;
    }

    public sealed record Evaluated(WorkId Id, EvaluationSums Sums) : WorkResult(Id);
}
