namespace ClusterTrain.Numerics.Networks;

/// <summary>Gathers layers, whose places were checked, into sites and stages.</summary>
internal sealed class NetworkBuilder(MapShape input)
{
    private double _weightRate;
    private MapShape _maps;

    public List<UnitSite> Sites { get; } = [new(0, input.Channels, 0, input.Area)];

    public List<Stage> Stages { get; } = [];

    private int Offset => Stages.Count == 0 ? 0 : Stages[^1].Bias.Offset + Stages[^1].Bias.Length;

    public void Add(int layer, LayerPlace place)
    {
        switch (place.Layer)
        {
            case LayerDefinition.Dense:
                _maps = place.Output;
                Push(Dense(layer, place));
                break;
            case LayerDefinition.Conv2d conv:
                _maps = place.Output;
                Push(Conv(layer, conv, place));
                break;
            case LayerDefinition.BatchNorm norm:
                Push(Element(layer, new Normalization(norm.Epsilon, norm.Momentum)));
                break;
            case LayerDefinition.Relu when Stages[^1] is not ElementStage:
                Stages[^1] = Stages[^1] with { Relu = true };
                break;
            case LayerDefinition.Relu:
                Activate(layer, Activation.Relu);
                break;
            case LayerDefinition.LeakyRelu leaky:
                Activate(layer, Activation.LeakyRelu, leaky.Slope);
                break;
            case LayerDefinition.Tanh:
                Activate(layer, Activation.Tanh);
                break;
            case LayerDefinition.Sigmoid:
                Activate(layer, Activation.Sigmoid);
                break;
            case LayerDefinition.MaxPool pool:
                _maps = place.Output;
                Pool(pool, place);
                break;
            case LayerDefinition.Dropout dropout:
                Drop(dropout);
                break;
            case LayerDefinition.DropConnect drop:
                _weightRate = drop.Rate;
                break;
        }
    }

    /// <summary>The named tensors of a stage, as they lie in the flat vector.</summary>
    public static IEnumerable<ParameterTensor> TensorsOf(Stage stage)
    {
        if (!stage.HasParameters) yield break;
        if (stage is not ElementStage)
        {
            yield return stage.Weight;
            yield return stage.Bias;
            yield break;
        }

        var (units, layer) = (stage.Weight.Columns, stage.Weight.Name[..stage.Weight.Name.IndexOf('.', StringComparison.Ordinal)]);
        foreach (var (name, row) in new[]
        {
            ("weight", ElementStage.Gamma), ("running_mean", ElementStage.RunningMean), ("running_var", ElementStage.RunningVariance),
        })
        {
            yield return new ParameterTensor($"{layer}.{name}", [units], stage.Weight.Offset + (row * units), 1, units, IsPenalized: false)
            {
                IsStatistic = stage.IsStatistic(row),
            };
        }

        yield return stage.Bias;
    }

    private void Push(Stage stage)
    {
        Stages.Add(stage);
        Sites.Add(stage.Output);
    }

    private DenseStage Dense(int layer, LayerPlace place)
    {
        var (site, weightRate) = (Sites[^1], _weightRate);
        _weightRate = 0;
        var (weight, bias) = Parameters(layer, [place.Output.Channels, site.Features]);
        return new DenseStage(weight, bias, site, new UnitSite(site.Index + 1, place.Output.Channels, 0), Relu: false)
        {
            WeightRate = weightRate,
        };
    }

    private ConvStage Conv(int layer, LayerDefinition.Conv2d conv, LayerPlace place)
    {
        var site = Sites[^1];
        var (weight, bias) = Parameters(layer, [conv.Channels, site.Units, conv.Kernel, conv.Kernel]);
        return new ConvStage(
            weight, bias, site, new UnitSite(site.Index + 1, conv.Channels, 0, place.Output.Area), Relu: false,
            place.Input, conv.Window, place.Output, Pool: null, place.Output);
    }

    private ElementStage Element(int layer, Normalization? normalization)
    {
        var (site, offset) = (Sites[^1] with { IsScaledLater = true }, Offset);
        Replace(site);
        var rows = normalization is null ? 0 : ElementStage.RowCount;
        var weight = new ParameterTensor($"{layer}.weight", [rows, site.Units], offset, rows, site.Units, IsPenalized: false);
        var bias = new ParameterTensor(
            $"{layer}.bias", [site.Units], offset + weight.Length, normalization is null ? 0 : 1, site.Units, IsPenalized: false);
        return new ElementStage(
            weight, bias, site, new UnitSite(site.Index + 1, site.Units, 0, site.Area) { MaskIndex = site.MaskIndex },
            normalization, Activation.None, 0, _maps, Pool: null, _maps);
    }

    private void Activate(int layer, Activation activation, double slope = 0)
    {
        if (Stages[^1] is not ElementStage) Push(Element(layer, normalization: null));
        Stages[^1] = (ElementStage)Stages[^1] with { Activation = activation, Slope = slope };
    }

    private void Pool(LayerDefinition.MaxPool pool, LayerPlace place)
    {
        Sites[^1] = Sites[^1] with { Area = place.Output.Area };
        Stages[^1] = Stages[^1] is ElementStage element
            ? element with { Output = Sites[^1], Pool = pool.Window, Pooled = place.Output }
            : (ConvStage)Stages[^1] with { Output = Sites[^1], Pool = pool.Window, Pooled = place.Output };
    }

    // A site and those that share its mask drop together.
    private void Drop(LayerDefinition.Dropout dropout)
    {
        var mask = Sites[^1].MaskIndex;
        foreach (var site in Sites.Where(site => site.MaskIndex == mask).ToList())
            Replace(site with { Rate = dropout.Rate, IsClassic = dropout.Classic });
    }

    private void Replace(UnitSite site)
    {
        Sites[site.Index] = site;
        for (var i = 0; i < Stages.Count; i++)
        {
            if (Stages[i].Output.Index == site.Index) Stages[i] = Stages[i] with { Output = site };
            if (Stages[i].Input.Index == site.Index) Stages[i] = Stages[i] with { Input = site };
        }
    }

    private (ParameterTensor Weight, ParameterTensor Bias) Parameters(int layer, int[] shape)
    {
        var (units, columns) = (shape[0], shape.Skip(1).Aggregate(1, (product, side) => product * side));
        var weight = new ParameterTensor($"{layer}.weight", shape, Offset, units, columns, IsPenalized: true);
        return (weight, new ParameterTensor($"{layer}.bias", [units], Offset + weight.Length, 1, units, IsPenalized: false));
    }
}
