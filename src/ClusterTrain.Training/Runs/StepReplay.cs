using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Ledger;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Runs;

/// <summary>Executes single steps again, to see whether they give what the ledger says.</summary>
public sealed class StepReplay(RunContext context)
{
    private readonly RunPlan _plan = context.Plan;
    private readonly WorkExecutor _executor = new(context);
    private readonly ReductionTree _tree = new(context.Plan.Network, context.Plan.Shards);
    private readonly StepCommit _commit = new(context.Plan);

    /// <summary>Advances <paramref name="model"/> by one step and gives the line that belongs into the ledger.</summary>
    /// <exception cref="InvalidOperationException">The step diverges.</exception>
    public LedgerEntry Advance(ModelState model)
    {
        var step = model.Version;
        for (var shard = 0; shard < _plan.Shards; shard++) _tree.Offer(shard, Shard(model, step, shard));
        var loss = _tree.SumLosses() / _plan.Shards;
        var fingerprint = _commit.Apply(_tree, model)
            ?? throw new InvalidOperationException($"step {step}: executing it again diverges");
        _tree.Clear(context.Buffers.Return);
        return new LedgerEntry(step, fingerprint.ToString(), loss);
    }

    private ShardGradient Shard(ModelState model, long step, int shard)
    {
        AdversarialBatch? batch = null;
        if (_plan.IsPipelined)
        {
            var parameters = _plan.AttackVersion(step) == step ? model.Current : model.Previous;
            var attack = new WorkItem.Attack(new WorkId(0, WorkKind.Attack, step, shard), parameters.Version);
            batch = ((WorkResult.Attacked)_executor.Execute(attack, parameters)).Batch;
        }

        var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, step, shard), step, batch);
        var gradient = ((WorkResult.Gradient)_executor.Execute(item, model.Current)).Shard;
        if (batch is not null) context.Buffers.Return(batch);
        return gradient;
    }
}
