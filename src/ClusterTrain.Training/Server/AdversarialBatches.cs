using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>Adversarial batches that were made ahead: of the current step and, as they arrive, of the next one.</summary>
internal sealed class AdversarialBatches(int shards, WorkBuffers buffers)
{
    private readonly AdversarialBatch?[][] _byParity = [new AdversarialBatch?[shards], new AdversarialBatch?[shards]];

    public AdversarialBatch? this[long step, int shard] => _byParity[step & 1][shard];

    /// <summary>Those of a range as they are now, and later as they are then: null once the step is over.</summary>
    public ReadOnlyMemory<AdversarialBatch?> Of(WorkRange range) =>
        _byParity[range.Step & 1].AsMemory(range.First.Index, range.Count);

    public void Put(long step, int shard, AdversarialBatch batch) => _byParity[step & 1][shard] = batch;

    /// <summary>Gives back the batches of a step.</summary>
    public void Release(long step)
    {
        var batches = _byParity[step & 1];
        for (var shard = 0; shard < shards; shard++)
        {
            if (batches[shard] is { } batch) buffers.Return(batch);
            batches[shard] = null;
        }
    }
}
