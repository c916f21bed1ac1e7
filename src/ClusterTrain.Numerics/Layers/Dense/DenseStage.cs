using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Dense;

/// <summary>
/// A dense layer. Its weight is [out, in units * area]: over flattened maps each channel is a group of columns.
/// </summary>
public sealed record DenseStage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output)
    : Stage(Weight, Bias, Input, Output), IActivatedStage, IKernelSource
{
    public override bool PacksWeight => true;

    public Stage? Activated(ActivationLayer activation) => activation is ReluLayer ? this with { Relu = true } : null;

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new DenseKernel(this, products, maxBatch);
}
