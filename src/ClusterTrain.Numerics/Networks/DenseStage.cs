namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A dense layer. Its weight is [out, in units * area]: over flattened maps each channel is a group of columns.
/// </summary>
public sealed record DenseStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, bool Relu)
    : Stage(Weight, Bias, Input, Output, Relu)
{
    /// <summary>Probability with which a weight is dropped in training (Wan et al. 2013); 0 without DropConnect.</summary>
    public double WeightRate { get; init; }
}
