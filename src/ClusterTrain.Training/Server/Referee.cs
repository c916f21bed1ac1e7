using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>What the server executes itself, to know who of two is right: of gradients in the block in which they were answered.</summary>
/// <param name="halvings">How often the training attack's step was halved for rows made with a version's parameters.</param>
internal sealed class Referee(RunContext context, AdversarialBatches batches, Func<long, int> halvings)
{
    private WorkExecutor? _executor;
    private BlockSum? _blocks;

    /// <summary>What is being measured.</summary>
    public EvaluationRound? Round { get; set; }

    /// <summary>Whether both are the same to the bit: answers to the same items, gradients in the same block.</summary>
    public static bool Agree(WorkResult one, WorkResult other) => (one, other) switch
    {
        (WorkResult.Gradient a, WorkResult.Gradient b) => a.Shard.Agrees(b.Shard),
        (WorkResult.Attacked a, WorkResult.Attacked b) => a.Batch.Agrees(b.Batch),
        (WorkResult.Evaluated a, WorkResult.Evaluated b) => a.Sums == b.Sums,
        _ => false,
    };

    /// <summary>Whether an answer has a loss, or <paramref name="isThorough"/> any value, that is NaN or infinite.</summary>
    public static bool IsOdd(WorkResult answer, bool isThorough) => answer switch
    {
        WorkResult.Gradient gradient => !double.IsFinite(gradient.Shard.Loss) || (isThorough && !Finite.All(gradient.Shard.Values)),
        WorkResult.Attacked attacked => isThorough && !Finite.All(attacked.Batch.Values),
        WorkResult.Evaluated evaluated => !double.IsFinite(evaluated.Sums.Loss),
        _ => false,
    };

    /// <summary>The items that an answer answers, as they are executed again.</summary>
    public WorkRange RangeOf(WorkId first, int count)
    {
        var version = first.Kind == WorkKind.Attack ? context.Plan.AttackVersion(first.Step) : first.Step;
        return new WorkRange(first, count, version) { Halvings = first.Kind is WorkKind.Attack or WorkKind.Gradient ? halvings(version) : 0 };
    }

    /// <summary>The right answer; its memory passes to the caller.</summary>
    public WorkResult Execute(WorkId first, int count, ModelState model)
    {
        // Not before it is needed: it takes as much memory as a worker.
        _executor ??= new WorkExecutor(context);
        var range = RangeOf(first, count);
        switch (range.Kind)
        {
            case WorkKind.Gradient:
                var rows = context.Plan.IsPipelined ? batches.Of(range) : default;
                List<ShardGradient> leaves = [];
                for (var i = 0; i < count; i++) leaves.Add(((WorkResult.Gradient)_executor.Execute(range, i, model.Current, rows)).Shard);
                _blocks ??= new BlockSum(context.Plan.Network, context.Plan.Shards, context.Buffers);
                return new WorkResult.Gradient(first, _blocks.Fold(first.Index, leaves)[0].Block);
            case WorkKind.Attack:
                return _executor.Execute(range, 0, range.Version == model.Version ? model.Current : model.Previous);
            default:
                return _executor.Execute(range, 0, Round!.Parameters);
        }
    }
}
