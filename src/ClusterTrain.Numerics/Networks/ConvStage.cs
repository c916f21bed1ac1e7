namespace ClusterTrain.Numerics.Networks;

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
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, bool Relu,
    MapShape Map, Window Kernel, MapShape Convolved, Window? Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output, Relu);
