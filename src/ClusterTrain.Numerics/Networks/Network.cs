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
        Tensors = [.. stages.SelectMany(stage => stage.Tensors)];
        ParameterCount = Tensors.Sum(tensor => tensor.Length);
        StatisticCount = Tensors.Where(tensor => tensor.IsStatistic).Sum(tensor => tensor.Length);
    }

    /// <summary>Immutable arrays, not lists behind an interface: every step walks them, and must not allocate.</summary>
    public ImmutableArray<UnitSite> Sites { get; }

    public ImmutableArray<Stage> Stages { get; }

    /// <summary>All tensors in the order of the flat vector: each stage's weight, then its bias; statistics are among them.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <summary>Floats of the flat vector, statistics included.</summary>
    public int ParameterCount { get; }

    /// <summary>Floats of the flat vector that are running statistics and not trained.</summary>
    public int StatisticCount { get; }

    /// <summary>Whether a shard's rows influence each other in training, through the statistics of their batch.</summary>
    public bool HasNormalization => Stages.Any(stage => stage.MixesRows);

    /// <summary>Floats of an input row.</summary>
    public int Inputs => Sites[0].Features;

    /// <summary>Class scores a row.</summary>
    public int Outputs => Stages[^1].Output.Units;

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
        if (LayerWalk.Problem(places) is { Problem: { } problem } wrong)
            throw new ArgumentException($"layers[{wrong.Path}]: {problem}.", nameof(layers));
        if (layers.Count == 0 || layers[^1].Scores is null)
            throw new ArgumentException("The last layer must be dense.", nameof(layers));

        var builder = new NetworkBuilder(LayerWalk.InputOf(input, layers));
        foreach (var place in places) place.Layer.Build(builder, place);
        var (sites, stages) = builder.Finish();
        return new Network([.. sites], [.. stages]);
    }
}
