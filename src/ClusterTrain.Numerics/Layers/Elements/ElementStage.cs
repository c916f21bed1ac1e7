using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>
/// What is done unit by unit: batch normalization, activation, pooling. Its output site has the mask of its input site: what is
/// dropped behind need not be computed before. A plain ReLU behind a layer with weights needs no such stage, it rides on the
/// layer's own store.
/// </summary>
/// <remarks>
/// With normalization the weight is [3, units]: gamma, running mean, running variance, and the bias is beta. A shard's
/// "gradient" of the running rows is its statistics, of which the commit takes the mean.
/// </remarks>
/// <param name="Normalization">Its settings, or none: then there are no parameters.</param>
/// <param name="Activation">Behind normalization; none is the identity.</param>
/// <param name="Map">What is read, with all channels.</param>
/// <param name="Pool">Window of the pooling behind the activation, or none.</param>
/// <param name="Pooled">What is written, with all channels.</param>
public sealed record ElementStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output,
    BatchNormLayer? Normalization, ActivationLayer? Activation, MapShape Map, Window? Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output), IActivatedStage, IPooledStage, IKernelSource
{
    /// <summary>Row of the weight with the scale of each unit.</summary>
    public const int Gamma = 0;

    /// <summary>Row of the weight with each unit's running mean.</summary>
    public const int RunningMean = 1;

    /// <summary>Row of the weight with each unit's running variance, the unbiased one.</summary>
    public const int RunningVariance = 2;

    /// <summary>Rows of the weight.</summary>
    public const int RowCount = 3;

    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    public override bool MixesRows => Normalization is not null;

    public override double StatisticMomentum => Normalization?.Momentum ?? 0;

    /// <summary>Each row of the weight by itself, under the names that common frameworks use.</summary>
    public override IEnumerable<ParameterTensor> Tensors => Normalization is null
        ? []
        : [Row("weight", Gamma), Row("running_mean", RunningMean), Row("running_var", RunningVariance), Bias];

    /// <summary>Behind what was built so far.</summary>
    public static ElementStage Over(NetworkBuilder network, LayerPlace place, BatchNormLayer? normalization, ActivationLayer? activation)
    {
        var (weight, bias) = network.UnitRows(place.Path, normalization is null ? 0 : RowCount, hasBias: normalization is not null);
        var output = network.NextOfSame(network.Site.Area);
        return new(weight, bias, network.Site, output, normalization, activation, place.Input, Pool: null, place.Input);
    }

    /// <summary>
    /// What the activation made, where pooling or scale leave something else behind, and read, where it needs that; which position won.
    /// </summary>
    public override long ScratchFloats(int maxBatch) => maxBatch * (
        (Pool is null && Output.Rate == 0 ? 0L : Input.Features)
        + (this is { Activation.NeedsInput: true, Normalization: not null } ? Input.Features : 0) + (Pool is null ? 0 : Output.Features));

    public override bool IsStatistic(int row) => row is RunningMean or RunningVariance;

    public Stage? Activated(ActivationLayer activation) =>
        Activation is null && (Pool is null || activation.IsMonotone) ? this with { Activation = activation } : null;

    public Stage? Pooling(Window window, MapShape pooled) => Pool is null
        ? this with { Pool = window, Pooled = pooled, Output = Output with { Area = pooled.Area } } : null;

    /// <summary>The identity, but for the statistics of what is normalized.</summary>
    public override void Initialize(Span<float> parameters, RandomStream weights, RandomStream biases)
    {
        if (Normalization is null) return;
        var units = Weight.Columns;
        var rows = parameters.Slice(Weight.Offset, Weight.Length);
        rows.Slice(Gamma * units, units).Fill((float)Normalization.Gamma);
        rows.Slice(RunningMean * units, units).Clear();
        rows.Slice(RunningVariance * units, units).Fill(1f);
        parameters.Slice(Bias.Offset, Bias.Length).Clear();
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new ElementKernel(this, products, maxBatch);

    private ParameterTensor Row(string name, int row) =>
        new($"{Path}.{name}", [Weight.Columns], Weight.Offset + (row * Weight.Columns), 1, Weight.Columns, IsPenalized: false)
        {
            IsStatistic = IsStatistic(row),
        };
}
