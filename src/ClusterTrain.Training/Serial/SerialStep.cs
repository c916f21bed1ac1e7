using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Serial;

/// <summary>One step, executed on the spot by one thread: what a ledger's line is checked against, and what a benchmark times.</summary>
/// <param name="context">The run.</param>
/// <param name="collapse">Collapses that were found in it; null for none.</param>
public sealed class SerialStep(RunContext context, CollapseState? collapse = null)
{
    private readonly RunPlan _plan = context.Plan;
    private readonly WorkExecutor _executor = new(context);
    private readonly ReductionTree _tree = new(context.Plan.Network, context.Plan.Shards);
    private readonly StepCommit _commit = new(context.Plan);

    /// <summary>Advances <paramref name="model"/> by one step; gives the fingerprint of the state after it and the mean loss.</summary>
    /// <exception cref="InvalidOperationException">The step diverges.</exception>
    public (StateFingerprint Fingerprint, double Loss) Advance(ModelState model) => Advance(model, null);

    /// <summary>The same, with a look at each shard's gradient, which is gone afterwards.</summary>
    /// <param name="model">At the step's version; advanced by one.</param>
    /// <param name="seen">Shard and gradient.</param>
    /// <exception cref="InvalidOperationException">The step diverges.</exception>
    public (StateFingerprint Fingerprint, double Loss) Advance(ModelState model, Action<int, ShardGradient>? seen)
    {
        for (var shard = 0; shard < _plan.Shards; shard++)
        {
            var gradient = SerialShard.Execute(context, _executor, model, shard, collapse ?? CollapseState.None);
            seen?.Invoke(shard, gradient);
            _tree.Offer(shard, gradient);
        }

        var (step, loss) = (model.Version, _tree.SumLosses() / _plan.Shards);
        var fingerprint = _commit.Apply(_tree, model)
            ?? throw new InvalidOperationException($"step {step}: executing it again diverges");
        _tree.Clear(context.Buffers.Return);
        return (fingerprint, loss);
    }
}
