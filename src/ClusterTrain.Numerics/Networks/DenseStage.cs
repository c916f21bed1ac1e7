namespace ClusterTrain.Numerics.Networks;

/// <summary>One dense layer with what follows it: ReLU, or nothing, and the dropout site of its outputs.</summary>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out].</param>
/// <param name="Input">Site that is read.</param>
/// <param name="Output">Site that is written.</param>
/// <param name="Relu">Whether outputs are cut below zero.</param>
public sealed record DenseStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, bool Relu);
