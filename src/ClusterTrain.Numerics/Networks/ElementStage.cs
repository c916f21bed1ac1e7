namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// What is done unit by unit behind a layer with weights: batch normalization, activation, pooling. Its output site has
/// the mask of its input site: what is dropped behind need not be computed before. A plain ReLU behind a layer needs no
/// such stage, it rides on the layer's own store.
/// </summary>
/// <remarks>
/// With normalization the weight is [3, units]: gamma, running mean, running variance, and the bias is beta. A shard's
/// "gradient" of the running rows is its statistics, of which the commit takes the mean.
/// </remarks>
/// <param name="Normalization">Batch normalization, or none: then there are no parameters.</param>
/// <param name="Activation">Behind normalization.</param>
/// <param name="Slope">Of a leaky ReLU below 0.</param>
/// <param name="Map">What is read, with all channels.</param>
/// <param name="Pool">Window of the pooling behind the activation, or none.</param>
/// <param name="Pooled">What is written, with all channels.</param>
public sealed record ElementStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output,
    Normalization? Normalization, Activation Activation, double Slope, MapShape Map, Window? Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output, Relu: false)
{
    /// <summary>Row of the weight with the scale of each unit.</summary>
    public const int Gamma = 0;

    /// <summary>Row of the weight with each unit's running mean.</summary>
    public const int RunningMean = 1;

    /// <summary>Row of the weight with each unit's running variance, the unbiased one.</summary>
    public const int RunningVariance = 2;

    /// <summary>Rows of the weight.</summary>
    public const int RowCount = 3;

    public override bool HasParameters => Normalization is not null;

    public override bool IsStatistic(int row) => row is RunningMean or RunningVariance;
}
