using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Training.Planning;

/// <summary>
/// Which training rows each shard of each step reads: a fresh random order every epoch, cut into batches, cut into
/// shards. A pure function of the seed; the last orders drawn are kept, and any thread may ask.
/// </summary>
public sealed class EpochOrder(RunPlan plan)
{
    private readonly Lock _gate = new();
    private (long Epoch, int[] Rows) _newer = (-1, []);
    private (long Epoch, int[] Rows) _older = (-1, []);

    /// <summary>Rows of the training split, [<see cref="RunPlan.ShardRows"/>].</summary>
    public ReadOnlySpan<int> Rows(long step, int shard)
    {
        var epoch = step / plan.StepsPerEpoch;
        var start = ((int)(step % plan.StepsPerEpoch) * plan.Spec.Batch.Size) + (shard * plan.ShardRows);
        return Order(epoch).AsSpan(start, plan.ShardRows);
    }

    private int[] Order(long epoch)
    {
        lock (_gate)
        {
            if (_newer.Epoch == epoch) return _newer.Rows;
            if (_older.Epoch == epoch) return _older.Rows;
            _older = _newer;
            _newer = (epoch, Permutation.Draw(
                plan.TrainRows, new RandomStream(plan.Spec.Seed, RandomPurpose.EpochOrder, epoch)));
            return _newer.Rows;
        }
    }
}
