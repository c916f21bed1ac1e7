using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;
#pragma warning disable
namespace ClusterTrain.Training.Reduction
{
    public static class BlockSum
    {
        public static bool IsBlock(int first, int count, int shards) => throw new NotImplementedException();
        public static IReadOnlyList<(int First, ShardGradient Block)> Fold(int first, IReadOnlyList<ShardGradient> leaves, int shards, WorkBuffers buffers) => throw new NotImplementedException();
    }
}
namespace ClusterTrain.Training.Work
{
    public sealed class ParameterSlice(RunPlan plan)
    {
        public ReplicaMask Mask(long step, int first, int count) => throw new NotImplementedException();
        public void Aim(ReplicaMask mask, long step, int first, int count) => throw new NotImplementedException();
        public (int Rows, int Features) BatchShape(long step, int shard) => throw new NotImplementedException();
        public static void Gather(ReadOnlySpan<float> full, ReplicaMask mask, Span<float> target) => throw new NotImplementedException();
        public static void Scatter(ReadOnlySpan<float> slice, ReplicaMask mask, Span<float> full) => throw new NotImplementedException();
    }
}
namespace ClusterTrain.Training.Server
{
    [Flags] public enum WorkKinds { None = 0, Attack = 1, Gradient = 2, Validate = 4, Conclude = 8, All = 15 }
}
