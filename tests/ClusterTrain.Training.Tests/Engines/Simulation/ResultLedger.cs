using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>
/// Keeps account of pooled results: which are with workers, on their way or lost for good. What the pool misses beyond
/// these is with the server, whose share is bounded.
/// </summary>
internal sealed class ResultLedger(RunContext context)
{
    private readonly int _rentedBefore = context.Buffers.Outstanding;
    private int _outside;

    /// <summary>Results that the server holds.</summary>
    public int HeldByServer => context.Buffers.Outstanding - _rentedBefore - _outside;

    public int MostHeldByServer { get; private set; }

    /// <summary>Most results that a server may hold: a gradient a shard; pipelined, two steps' batches on top.</summary>
    public int Bound => context.Plan.Shards * (context.Plan.IsPipelined ? 3 : 1);

    /// <summary>A worker made this one: lost unless it is handed over one day.</summary>
    public WorkResult Made(WorkResult result)
    {
        if (result is not WorkResult.Evaluated) _outside++;
        return result;
    }

    public WorkResult HandedOver(WorkResult result)
    {
        if (result is not WorkResult.Evaluated) _outside--;
        return result;
    }

    /// <summary>The server died and took what it held with it.</summary>
    public void Buried() => _outside += HeldByServer;

    public void Check()
    {
        MostHeldByServer = Math.Max(MostHeldByServer, HeldByServer);
        Assert.InRange(HeldByServer, 0, Bound);
    }

    /// <summary>The same answer in memory of its own, as a network would deliver it a second time.</summary>
    public WorkResult Copy(WorkResult result) => Made(result switch
    {
        WorkResult.Gradient gradient => new WorkResult.Gradient(result.Id, Copy(gradient.Shard)),
        WorkResult.Attacked attacked => new WorkResult.Attacked(result.Id, Copy(attacked.Batch)),
        _ => result,
    });

    private ShardGradient Copy(ShardGradient gradient)
    {
        var copy = context.Buffers.RentGradient();
        copy.Mask.Set([.. context.Plan.Network.Sites.Select(site => gradient.Mask[site].Indices.ToArray())]);
        (copy.Loss, copy.Correct) = (gradient.Loss, gradient.Correct);
        gradient.Values.CopyTo(copy.Values);
        return copy;
    }

    private AdversarialBatch Copy(AdversarialBatch batch)
    {
        var copy = context.Buffers.RentBatch().Resize(batch.Rows, batch.Features);
        batch.Values.CopyTo(copy.Values);
        return copy;
    }
}
