namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A list of layers, resolved: the stages to run, the sites where units may drop, and the layout of all parameters in
/// one flat vector.
/// </summary>
public sealed class Network
{
    private Network(IReadOnlyList<UnitSite> sites, IReadOnlyList<DenseStage> stages)
    {
        Sites = sites;
        Stages = stages;
        Tensors = [.. stages.SelectMany(stage => new[] { stage.Weight, stage.Bias })];
        ParameterCount = Tensors.Sum(tensor => tensor.Length);
    }

    public IReadOnlyList<UnitSite> Sites { get; }

    public IReadOnlyList<DenseStage> Stages { get; }

    /// <summary>All tensors in the order of the flat vector: each stage's weight, then its bias.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public int ParameterCount { get; }

    public int Inputs => Sites[0].Units;

    /// <summary>Class scores a row.</summary>
    public int Outputs => Sites[^1].Units;

    public bool HasDropout => Sites.Any(site => site.Rate > 0);

    /// <summary>Most units of any site.</summary>
    public int WidestSite => Sites.Max(site => site.Units);

    /// <summary>Resolves <paramref name="layers"/> over rows of <paramref name="inputs"/> features.</summary>
    /// <exception cref="ArgumentException">A layer stands where it has no meaning; the message names it.</exception>
    public static Network Build(int inputs, IReadOnlyList<LayerDefinition> layers)
    {
        List<UnitSite> sites = [new(0, inputs, 0)];
        List<DenseStage> stages = [];
        var offset = 0;
        for (var i = 0; i < layers.Count; i++)
        {
            switch (layers[i])
            {
                case LayerDefinition.Dense dense:
                    var stage = Dense(i, dense.Units, sites[^1], sites.Count, ref offset);
                    stages.Add(stage);
                    sites.Add(stage.Output);
                    break;
                case LayerDefinition.Relu when stages.Count > 0 && !stages[^1].Relu && sites[^1].Rate == 0:
                    stages[^1] = stages[^1] with { Relu = true };
                    break;
                case LayerDefinition.Dropout dropout when sites[^1].Rate == 0:
                    sites[^1] = sites[^1] with { Rate = dropout.Rate };
                    if (stages.Count > 0) stages[^1] = stages[^1] with { Output = sites[^1] };
                    break;
                default:
                    throw new ArgumentException(
                        $"layers[{i}] ({layers[i].GetType().Name.ToLowerInvariant()}) cannot stand here: "
                        + "relu follows dense, dropout follows the input, dense or relu, each at most once.", nameof(layers));
            }
        }

        if (stages.Count == 0 || layers[^1] is not LayerDefinition.Dense)
            throw new ArgumentException("The last layer must be dense.", nameof(layers));
        return new Network(sites, stages);
    }

    private static DenseStage Dense(int layer, int units, UnitSite input, int site, ref int offset)
    {
        var weight = new ParameterTensor(
            $"{layer}.weight", [units, input.Units], offset, units, input.Units, IsPenalized: true);
        offset += weight.Length;
        var bias = new ParameterTensor($"{layer}.bias", [units], offset, 1, units, IsPenalized: false);
        offset += bias.Length;
        return new DenseStage(weight, bias, input, new UnitSite(site, units, 0), Relu: false);
    }
}
