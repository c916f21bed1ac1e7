using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;
#pragma warning disable
namespace ClusterTrain.Training.Reduction
{
    public static class BlockSum
    {
        public static bool IsBlock(int first, int count, int shards) => count == 1;
        public static IReadOnlyList<(int First, ShardGradient Block)> Fold(int first, IReadOnlyList<ShardGradient> leaves, int shards, WorkBuffers buffers) => [.. leaves.Select((l, i) => (first + i, l))];
    }
}
namespace ClusterTrain.Training.Work
{
    public sealed class ParameterSlice(RunPlan plan)
    {
        private readonly ReplicaMask _mask = new(plan.Network);
        private readonly ReplicaMask _batch = new(plan.Network);
        public ReplicaMask Mask(long step, int first, int count) { if (plan.AttacksFullNetwork) _mask.Fill(); else Aim(_mask, step, first, count); return _mask; }
        public void Aim(ReplicaMask mask, long step, int first, int count)
        {
            if (plan.HasExampleMasks || count > 1) mask.Fill(); else mask.Draw(plan.Spec.Seed, step, first);
        }
        public (int Rows, int Features) BatchShape(long step, int shard)
        {
            if (plan.AttacksFullNetwork) return (plan.AttackedRowsOfShard, plan.Network.Inputs);
            Aim(_batch, step, shard, 1);
            return (plan.AttackedRowsOfShard, _batch.Inputs.Features);
        }
        public static void Gather(ReadOnlySpan<float> full, ReplicaMask mask, Span<float> target)
        {
            var at = 0;
            foreach (var stage in mask.Network.Stages)
            {
                var (outs, ins) = (mask[stage.Output], mask[stage.Input]);
                foreach (var row in outs.Indices)
                {
                    ins.Gather(full.Slice(stage.Weight.Offset + row * stage.Weight.Columns, stage.Weight.Columns), target.Slice(at, mask.WeightColumns(stage)));
                    at += mask.WeightColumns(stage);
                }
                outs.Gather(full.Slice(stage.Bias.Offset, stage.Bias.Columns), target.Slice(at, outs.Count));
                at += outs.Count;
            }
        }
        public static void Scatter(ReadOnlySpan<float> slice, ReplicaMask mask, Span<float> full)
        {
            var at = 0;
            foreach (var stage in mask.Network.Stages)
            {
                var (outs, ins) = (mask[stage.Output], mask[stage.Input]);
                foreach (var row in outs.Indices)
                {
                    ins.Scatter(slice.Slice(at, mask.WeightColumns(stage)), full.Slice(stage.Weight.Offset + row * stage.Weight.Columns, stage.Weight.Columns));
                    at += mask.WeightColumns(stage);
                }
                outs.Scatter(slice.Slice(at, outs.Count), full.Slice(stage.Bias.Offset, stage.Bias.Columns));
                at += outs.Count;
            }
        }
    }
}
namespace ClusterTrain.Training.Server
{
    [Flags] public enum WorkKinds { None = 0, Attack = 1, Gradient = 2, Validate = 4, Conclude = 8, All = 15 }
}
