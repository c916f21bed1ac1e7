using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Regularizers;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;

namespace ClusterTrain.Training.Commit;

/// <summary>
/// From the shards of a step to the next version, in one pass over the parameters, row by row: sum in the tree's order,
/// mean over shards, penalties and optimizer, max-norm, fingerprint. Rows do not touch each other, so they may be
/// divided among threads in any way.
/// </summary>
public sealed class StepCommit
{
    private readonly RunPlan _plan;
    private readonly float[][] _buffers;

    public StepCommit(RunPlan plan)
    {
        _plan = plan;
        var widest = plan.Network.Tensors.Max(tensor => tensor.Columns);
        var rows = new ReductionTree(plan.Network, plan.Shards).RowBuffers;
        _buffers = [.. Enumerable.Range(0, rows).Select(_ => new float[widest])];
    }

    /// <summary>
    /// Writes version v + 1 beside version v and advances <paramref name="state"/> to it. Null, with the parameters of
    /// version v still current, when a new parameter is NaN or infinite.
    /// </summary>
    public StateFingerprint? Apply(ReductionTree tree, ModelState state)
    {
        var factors = _plan.FactorsAt(state.Version);
        tree.Seal();
        var pass = new Pass(this, tree, state, factors);
        for (var index = 0; index < _plan.Network.Stages.Count; index++)
        {
            var stage = _plan.Network.Stages[index];
            for (var row = 0; row < stage.Weight.Rows; row++) pass.Row(index, row, stage.Weight);
            pass.Row(index, -1, stage.Bias);
        }

        if (!pass.IsFinite) return null;
        state.Advance();
        return pass.Fingerprint;
    }

    private ref struct Pass(StepCommit owner, ReductionTree tree, ModelState state, UpdateFactors factors)
    {
        public bool IsFinite { get; private set; } = true;

        public StateFingerprint Fingerprint { get; private set; }

        public void Row(int stage, int row, ParameterTensor tensor)
        {
            tree.SumRow(stage, row, owner._buffers, tensor.Columns);
            var offset = tensor.Offset + (Math.Max(0, row) * tensor.Columns);
            var first = Moment(0, offset, tensor.Columns);
            var second = Moment(1, offset, tensor.Columns);
            var updated = state.Next.Slice(offset, tensor.Columns);
            Optimizer.Apply(
                owner._plan.Rule, factors, tensor.IsPenalized, state.Parameters.Span.Slice(offset, tensor.Columns),
                owner._buffers[0].AsSpan(0, tensor.Columns), first, second, updated);
            if (factors.MaxNorm > 0 && tensor.IsPenalized) MaxNorm.Project(updated, factors.MaxNorm);
            IsFinite &= Finite.All(updated);
            Fingerprint += StateFingerprint.OfRow(0, offset, updated);
            if (!first.IsEmpty) Fingerprint += StateFingerprint.OfRow(1, offset, first);
            if (!second.IsEmpty) Fingerprint += StateFingerprint.OfRow(2, offset, second);
        }

        private readonly Span<float> Moment(int index, int offset, int length) =>
            index < state.Moments.Count ? state.Moments[index].Span.Slice(offset, length) : [];
    }
}
