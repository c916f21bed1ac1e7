using System.Collections.Immutable;

namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A list of layers, resolved: the stages to run, the sites where units may drop, and the layout of all parameters in
/// one flat vector.
/// </summary>
public sealed class Network
{
    private Network(ImmutableArray<UnitSite> sites, ImmutableArray<Stage> stages)
    {
        Sites = sites;
        Stages = stages;
        Tensors = [.. stages.SelectMany(stage => new[] { stage.Weight, stage.Bias })];
        ParameterCount = Tensors.Sum(tensor => tensor.Length);
    }

    /// <summary>Immutable arrays, not lists behind an interface: every step walks them, and must not allocate.</summary>
    public ImmutableArray<UnitSite> Sites { get; }

    public ImmutableArray<Stage> Stages { get; }

    /// <summary>All tensors in the order of the flat vector: each stage's weight, then its bias.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public int ParameterCount { get; }

    /// <summary>Floats of an input row.</summary>
    public int Inputs => Sites[0].Features;

    /// <summary>Class scores a row.</summary>
    public int Outputs => Sites[^1].Units;

    public bool HasDropout => Sites.Any(site => site.Rate > 0);

    /// <summary>Most floats in a row of any site.</summary>
    public int WidestSite => Sites.Max(site => site.Features);

    /// <summary>Resolves <paramref name="layers"/> over rows of <paramref name="inputs"/> features.</summary>
    /// <exception cref="ArgumentException">A layer stands where it has no meaning; the message names it.</exception>
    public static Network Build(int inputs, IReadOnlyList<LayerDefinition> layers) => Build(MapShape.Flat(inputs), layers);

    /// <summary>Resolves <paramref name="layers"/> over examples of shape <paramref name="input"/>.</summary>
    /// <exception cref="ArgumentException">A layer stands where it has no meaning; the message names it.</exception>
    public static Network Build(MapShape input, IReadOnlyList<LayerDefinition> layers)
    {
        var places = LayerWalk.Over(input, layers);
        if (places.Count > 0 && places[^1].Problem is { } problem)
            throw new ArgumentException($"layers[{places.Count - 1}]: {problem}.", nameof(layers));
        if (layers.Count == 0 || layers[^1] is not LayerDefinition.Dense)
            throw new ArgumentException("The last layer must be dense.", nameof(layers));

        var first = LayerWalk.InputOf(input, layers);
        List<UnitSite> sites = [new(0, first.Channels, 0, first.Area)];
        List<Stage> stages = [];
        for (var i = 0; i < places.Count; i++)
        {
            var (site, offset) = (sites[^1], stages.Count == 0 ? 0 : stages[^1].Bias.Offset + stages[^1].Bias.Length);
            switch (places[i].Layer)
            {
                case LayerDefinition.Dense:
                    stages.Add(Dense(i, places[i], site, offset));
                    sites.Add(stages[^1].Output);
                    break;
                case LayerDefinition.Conv2d conv:
                    stages.Add(Conv(i, conv, places[i], site, offset));
                    sites.Add(stages[^1].Output);
                    break;
                case LayerDefinition.MaxPool pool:
                    sites[^1] = site with { Area = places[i].Output.Area };
                    stages[^1] = (ConvStage)stages[^1] with { Output = sites[^1], Pool = pool.Window, Pooled = places[i].Output };
                    break;
                case LayerDefinition.Relu:
                    stages[^1] = stages[^1] with { Relu = true };
                    break;
                case LayerDefinition.Dropout dropout:
                    sites[^1] = site with { Rate = dropout.Rate };
                    if (stages.Count > 0) stages[^1] = stages[^1] with { Output = sites[^1] };
                    break;
            }
        }

        return new Network([.. sites], [.. stages]);
    }

    private static DenseStage Dense(int layer, LayerPlace place, UnitSite input, int offset)
    {
        var (weight, bias) = Parameters(layer, [place.Output.Channels, input.Features], offset);
        return new DenseStage(weight, bias, input, new UnitSite(input.Index + 1, place.Output.Channels, 0), Relu: false);
    }

    private static ConvStage Conv(int layer, LayerDefinition.Conv2d conv, LayerPlace place, UnitSite input, int offset)
    {
        var (weight, bias) = Parameters(layer, [conv.Channels, input.Units, conv.Kernel, conv.Kernel], offset);
        return new ConvStage(
            weight, bias, input, new UnitSite(input.Index + 1, conv.Channels, 0, place.Output.Area), Relu: false,
            place.Input, conv.Window, place.Output, Pool: null, place.Output);
    }

    private static (ParameterTensor Weight, ParameterTensor Bias) Parameters(int layer, int[] shape, int offset)
    {
        var (units, columns) = (shape[0], shape.Skip(1).Aggregate(1, (product, side) => product * side));
        var weight = new ParameterTensor($"{layer}.weight", shape, offset, units, columns, IsPenalized: true);
        return (weight, new ParameterTensor($"{layer}.bias", [units], offset + weight.Length, 1, units, IsPenalized: false));
    }
}
