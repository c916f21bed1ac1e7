using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Regularizers;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Serial;

/// <summary>
/// The oracle: training as one plain loop, with dense gradients and a recursive sum. It shares with the parameter server
/// what a shard is, and nothing of how shards are given out, collected, kept cut out, or committed row by row.
/// </summary>
public sealed class SerialTrainer(RunContext context)
{
    private readonly WorkExecutor _executor = new(context);
    private readonly RunPlan _plan = context.Plan;

    /// <summary>Trains from <paramref name="start"/> to the end of the spec, and gives the resulting state.</summary>
    public RunState Train(RunState start)
    {
        var (model, best, stopping) = (start.Model, start.Best, start.Stopping);
        while (model.Version < _plan.TotalSteps && !stopping.HasStopped)
        {
            Step(model);
            if (!_plan.IsEvaluationDue(model.Version)) continue;
            stopping = EarlyStopping.Observe(stopping, context.Spec.EarlyStopping, model.Version, Validate(model));
            if (stopping.BestVersion == model.Version) best = model.Copy();
        }

        return new RunState(model, best, stopping);
    }

    private void Step(ModelState model)
    {
        var step = model.Version;
        var dense = Enumerable.Range(0, _plan.Shards).Select(shard => Shard(model, shard)).ToArray();
        var sum = Sum(dense, 0, TreeSize());
        var factors = _plan.FactorsAt(step);
        foreach (var tensor in _plan.Network.Tensors)
        {
            var (offset, length) = (tensor.Offset, tensor.Length);
            var updated = model.Next.Slice(offset, length);
            Optimizer.Apply(
                _plan.Rule, factors, tensor.IsPenalized, model.Parameters.Span.Slice(offset, length),
                sum.AsSpan(offset, length), Moment(model, 0, offset, length), Moment(model, 1, offset, length), updated);
            if (factors.MaxNorm <= 0 || !tensor.IsPenalized) continue;
            for (var row = 0; row < tensor.Rows; row++)
                MaxNorm.Project(updated.Slice(row * tensor.Columns, tensor.Columns), factors.MaxNorm);
        }

        model.Advance();
    }

    private float[] Shard(ModelState model, int shard)
    {
        var gradient = SerialShard.Execute(context, _executor, model, shard);
        var dense = Dense(gradient);
        context.Buffers.Return(gradient);
        return dense;
    }

    private float[] Dense(ShardGradient gradient)
    {
        var dense = new float[_plan.Network.ParameterCount];
        var from = 0;
        foreach (var stage in _plan.Network.Stages)
        {
            foreach (var output in gradient.Mask[stage.Output].Indices)
                foreach (var input in gradient.Mask[stage.Input].Indices)
                    for (var i = 0; i < stage.ColumnGroup; i++)
                        dense[stage.Weight.Offset + (output * stage.Weight.Columns) + (input * stage.ColumnGroup) + i] = gradient.Values[from++];
            foreach (var output in gradient.Mask[stage.Output].Indices)
                dense[stage.Bias.Offset + output] = gradient.Values[from++];
        }

        return dense;
    }

    private int TreeSize()
    {
        var size = 1;
        while (size < _plan.Shards) size *= 2;
        return size;
    }

    private static float[] Sum(float[][] leaves, int first, int size)
    {
        if (size == 1) return leaves[first];
        var half = size / 2;
        var left = Sum(leaves, first, half);
        if (first + half >= leaves.Length) return left;
        var right = Sum(leaves, first + half, half);
        return [.. left.Zip(right, (a, b) => a + b)];
    }

    private EvaluationSums Validate(ModelState model)
    {
        var rows = context.Data.Validation.Rows;
        var limit = context.Spec.Evaluation.ValidationAttackRows;
        var attacked = _plan.ValidationAttack is null ? 0 : limit == 0 ? rows : Math.Min(limit, rows);
        var total = default(EvaluationSums);
        for (var first = 0; first < rows;)
        {
            var end = Math.Min(first + EvaluationChunk.MaxRows, first < attacked ? attacked : rows);
            var chunk = new EvaluationChunk(Split.Validation, first, end - first);
            var item = new WorkItem.Evaluate(
                new WorkId(0, WorkKind.Validate, model.Version, 0), model.Version, chunk,
                first < attacked ? _plan.ValidationAttack : null);
            total += ((WorkResult.Evaluated)_executor.Execute(item, model.Current)).Sums;
            first = end;
        }

        return total;
    }

    private static Span<float> Moment(ModelState model, int index, int offset, int length) =>
        index < model.Moments.Count ? model.Moments[index].Span.Slice(offset, length) : [];
}
