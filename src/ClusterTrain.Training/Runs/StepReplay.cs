using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Ledger;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Serial;
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
        for (var shard = 0; shard < _plan.Shards; shard++)
            _tree.Offer(shard, SerialShard.Execute(context, _executor, model, shard));
        var (step, loss) = (model.Version, _tree.SumLosses() / _plan.Shards);
        var fingerprint = _commit.Apply(_tree, model)
            ?? throw new InvalidOperationException($"step {model.Version}: executing it again diverges");
        _tree.Clear(context.Buffers.Return);
        return new LedgerEntry(step, fingerprint.ToString(), loss);
    }
}
