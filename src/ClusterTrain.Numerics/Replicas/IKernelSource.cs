using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>A stage that can be run: every stage of a network that is to have replicas.</summary>
public interface IKernelSource
{
    /// <summary>What runs the stage for one replica, with memory for up to <paramref name="maxBatch"/> rows.</summary>
    StageKernel CreateKernel(IMatrixProducts products, int maxBatch);
}
