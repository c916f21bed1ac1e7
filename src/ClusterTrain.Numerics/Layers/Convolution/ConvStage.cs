using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// A convolution, possibly with pooling behind it. Its weight [out, in, kernel, kernel] is the matrix [out, in * kernel *
/// kernel]. Pooling belongs to the stage because the maps before it are never kept, only what pooling leaves.
/// </summary>
/// <param name="Map">What is read, with all channels.</param>
/// <param name="Kernel">Window of the convolution.</param>
/// <param name="Convolved">What the convolution makes, with all channels.</param>
/// <param name="Pool">Window of the pooling, or none.</param>
/// <param name="Pooled">What is written, with all channels.</param>
public sealed record ConvStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output,
    MapShape Map, Window Kernel, MapShape Convolved, Window? Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output), IActivatedStage, IPooledStage, IKernelSource
{
    public override int Positions => Convolved.Area;

    public override int FanArea => Kernel.Area;

    public override bool PacksWeight => DirectConvolution.Suits(this, VectorWidths.Best);

    public override long ScratchFloats(int maxBatch) => ConvKernel.ScratchFloats(this, maxBatch);

    public Stage? Activated(ActivationLayer activation) => activation is ReluLayer ? this with { Relu = true } : null;

    public Stage? Pooling(Window window, MapShape pooled) => Pool is null
        ? this with { Pool = window, Pooled = pooled, Output = Output with { Area = pooled.Area } } : null;

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new ConvKernel(this, products, maxBatch);
}
