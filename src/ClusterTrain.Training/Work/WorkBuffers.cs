using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Memory of results that is used again: rented by who executes, returned by who has used it up. Any thread may call.
/// </summary>
public sealed class WorkBuffers(RunPlan plan)
{
    private readonly Lock _gate = new();
    private readonly Stack<ShardGradient> _gradients = new();
    private readonly Stack<AdversarialBatch> _batches = new();

    /// <summary>Results now out on rent: bounded by the pending steps, which the tests watch.</summary>
    public int Outstanding { get; private set; }

    public ShardGradient RentGradient()
    {
        lock (_gate)
        {
            Outstanding++;
            if (!_gradients.TryPop(out var free)) return new ShardGradient(plan.Network);
            free.Shards = 1;
            return free;
        }
    }

    public AdversarialBatch RentBatch()
    {
        lock (_gate)
        {
            Outstanding++;
            return _batches.TryPop(out var free)
                ? free : new AdversarialBatch(plan.AttackedRowsOfShard * plan.Network.Inputs);
        }
    }

    public void Return(ShardGradient gradient)
    {
        lock (_gate)
        {
            Outstanding--;
            _gradients.Push(gradient);
        }
    }

    public void Return(AdversarialBatch batch)
    {
        lock (_gate)
        {
            Outstanding--;
            _batches.Push(batch);
        }
    }

    /// <summary>Returns what a result holds, if anything.</summary>
    public void Return(WorkResult result)
    {
        if (result is WorkResult.Gradient gradient) Return(gradient.Shard);
        if (result is WorkResult.Attacked attacked) Return(attacked.Batch);
    }
}
