using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Serial;

/// <summary>One shard of the next step, computed on the spot: what workers and server do together, without either.</summary>
internal static class SerialShard
{
    /// <summary>The shard's gradient at the model's version; its memory is rented from the context's pool.</summary>
    /// <param name="collapse">Collapses that were found up to that version, or later.</param>
    public static ShardGradient Execute(RunContext context, WorkExecutor executor, ModelState model, int shard, CollapseState collapse)
    {
        var (plan, step) = (context.Plan, model.Version);
        var halvings = CollapseWatch.Halvings(plan.Spec, collapse, plan.AttackVersion(step));
        AdversarialBatch? batch = null;
        if (plan.IsPipelined)
        {
            var parameters = plan.AttackVersion(step) == step ? model.Current : model.Previous;
            var attack = new WorkItem.Attack(new WorkId(0, WorkKind.Attack, step, shard), parameters.Version, halvings);
            batch = ((WorkResult.Attacked)executor.Execute(attack, parameters)).Batch;
        }

        var item = new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, step, shard), step, batch, halvings);
        var gradient = ((WorkResult.Gradient)executor.Execute(item, model.Current)).Shard;
        if (batch is not null) context.Buffers.Return(batch);
        return gradient;
    }
}
