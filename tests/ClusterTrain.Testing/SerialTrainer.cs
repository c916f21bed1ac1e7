using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Testing;

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
            Step(model, stopping.Collapse);
            if (!_plan.IsEvaluationDue(model.Version)) continue;
            var sums = Validate(model, Split.Validation);
            stopping = EarlyStopping.Observe(stopping, context.Spec.EarlyStopping, model.Version, sums);
            if (context.Spec.WatchesOneStep) stopping = CollapseWatch.Observe(stopping, context.Spec, model.Version, sums, Validate(model, Split.OneStep));
            if (stopping.BestVersion == model.Version) best = model.Copy();
        }

        return new RunState(model, best, stopping);
    }

    private void Step(ModelState model, CollapseState collapse)
    {
        var step = model.Version;
        var shards = Enumerable.Range(0, _plan.Shards).Select(shard => Shard(model, shard, collapse)).ToArray();
        var sum = Sum([.. shards.Select(shard => shard.Gradient)], 0, TreeSize());
        var holders = new int[sum.Length];
        for (var i = 0; i < holders.Length; i++) holders[i] = shards.Count(shard => shard.Holds[i]);
        var factors = _plan.FactorsAt(step);
        foreach (var tensor in _plan.Network.Tensors)
        {
            var (offset, length) = (tensor.Offset, tensor.Length);
            var updated = model.Next.Slice(offset, length);
            var rate = _plan.RateOf(StageOf(tensor));
            if (rate == 0)
            {
                model.Parameters.Span.Slice(offset, length).CopyTo(updated);
                continue;
            }

            if (tensor.IsStatistic)
            {
                Running(tensor, model.Parameters.Span.Slice(offset, length), sum.AsSpan(offset), holders.AsSpan(offset), updated);
                continue;
            }

            if (_plan.TakesMeanOfHolders)
            {
                for (var i = offset; i < offset + length; i++)
                    if (holders[i] > 0)
                        sum[i] *= (float)_plan.Shards / holders[i];
            }

            _plan.Rule.Apply(
                factors with { LearningRate = factors.LearningRate * rate },
                tensor.IsPenalized || _plan.Spec.Regularization.Penalized == PenaltyScope.All, model.Parameters.Span.Slice(offset, length),
                sum.AsSpan(offset, length), Moment(model, 0, offset, length), Moment(model, 1, offset, length), updated);
            if (factors.MaxNorm <= 0 || !tensor.IsPenalized) continue;
            for (var row = 0; row < tensor.Rows; row++)
                MaxNorm.Project(updated.Slice(row * tensor.Columns, tensor.Columns), factors.MaxNorm);
        }

        var share = (float)_plan.AverageShare(step);
        for (var i = 0; i < (model.Average?.Length ?? 0); i++)
        {
            ref var mean = ref model.Average!.Span[i];
            mean = share == 1 ? model.Next[i] : share == 0 ? mean : mean + (share * (model.Next[i] - mean));
        }

        model.Advance();
    }

    private Stage StageOf(ParameterTensor tensor) => _plan.Network.Stages.Single(stage =>
        (stage.Weight.Offset <= tensor.Offset && tensor.Offset < stage.Weight.Offset + stage.Weight.Length)
        || (stage.HasBias && tensor.Offset == stage.Bias.Offset));

    private void Running(
        ParameterTensor tensor, ReadOnlySpan<float> running, ReadOnlySpan<float> sum, ReadOnlySpan<int> holders, Span<float> updated)
    {
        var stage = StageOf(tensor);
        for (var i = 0; i < running.Length; i++)
        {
            updated[i] = holders[i] == 0
                ? running[i] : running[i] + ((float)stage.StatisticMomentum * ((sum[i] / holders[i]) - running[i]));
        }
    }

    private (float[] Gradient, bool[] Holds) Shard(ModelState model, int shard, CollapseState collapse)
    {
        var gradient = SerialShard.Execute(context, _executor, model, shard, collapse);
        var dense = Dense(gradient);
        context.Buffers.Return(gradient);
        return dense;
    }

    private (float[] Gradient, bool[] Holds) Dense(ShardGradient gradient)
    {
        var (dense, holds) = (new float[_plan.Network.ParameterCount], new bool[_plan.Network.ParameterCount]);
        var from = 0;
        void Put(int place, float value) => (dense[place], holds[place]) = (value, true);
        foreach (var stage in _plan.Network.Stages)
        {
            foreach (var row in gradient.Mask.Rows(stage).Indices)
                foreach (var input in gradient.Mask[stage.Input].Indices)
                    for (var i = 0; i < stage.ColumnGroup; i++)
                        Put(stage.Weight.Offset + (row * stage.Weight.Columns) + (input * stage.ColumnGroup) + i, gradient.Values[from++]);
            if (!stage.HasBias) continue;
            foreach (var output in gradient.Mask[stage.Output].Indices) Put(stage.Bias.Offset + output, gradient.Values[from++]);
        }

        return (dense, holds);
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

    private EvaluationSums Validate(ModelState model, Split split)
    {
        var rows = context.Data.Validation.Rows;
        var limit = context.Spec.Evaluation.ValidationAttackRows;
        var attacked = _plan.ValidationAttack is null ? 0 : limit == 0 ? rows : Math.Min(limit, rows);
        if (split == Split.OneStep) rows = attacked;
        var total = default(EvaluationSums);
        for (var first = 0; first < rows;)
        {
            var end = Math.Min(first + EvaluationChunk.MaxRows, first < attacked ? attacked : rows);
            var chunk = new EvaluationChunk(split, first, end - first);
            var item = new WorkItem.Evaluate(
                new WorkId(0, WorkKind.Validate, model.Served.Version, 0), model.Served.Version, chunk,
                first >= attacked ? null : split == Split.OneStep ? _plan.TrainAttack : _plan.ValidationAttack);
            total += ((WorkResult.Evaluated)_executor.Execute(item, model.Served)).Sums;
            first = end;
        }

        return total;
    }

    private static Span<float> Moment(ModelState model, int index, int offset, int length) =>
        index < model.Moments.Count ? model.Moments[index].Span.Slice(offset, length) : [];
}
