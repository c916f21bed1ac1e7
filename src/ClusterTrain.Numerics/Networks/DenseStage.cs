namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A dense layer. Its weight is [out, in units * area]: over flattened maps each channel is a group of columns.
/// </summary>
public sealed record DenseStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, bool Relu)
    : Stage(Weight, Bias, Input, Output, Relu);
