using System.Globalization;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>Where the numbers of a <see cref="NormalizeLayer"/> come from.</summary>
public enum NormalizeSource
{
    /// <summary>The spec.</summary>
    Given,

    /// <summary>The training rows, worked out when the run starts.</summary>
    Training,
}

/// <summary>
/// y = (x - mean) / deviation, of each channel of the inputs, with numbers that are never trained. As the network's first layer it
/// lets attacks keep their size in pixels, whatever scale the network likes.
/// </summary>
public sealed record NormalizeLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<NormalizeLayer>(
        "As first layer: subtracts a mean and divides by a deviation, each channel its own, so that attacks keep their size in pixels");

    [Option("`given` takes mean and deviation as they stand here; `training` works them out from the training rows when the run starts")]
    public NormalizeSource From { get; init; }

    [Option("Mean of each channel, or one for all", Min = -1e6, Max = 1e6, IgnoredWhen = "from is training")]
    public IReadOnlyList<double> Mean { get; init; } = [0];

    [Option("Deviation of each channel, or one for all", Min = 0, AboveMin = true, Max = 1e6, IgnoredWhen = "from is training")]
    public IReadOnlyList<double> Deviation { get; init; } = [1];

    public override bool? ReadsMaps => true;

    public override LayerPlace Place(LayerContext here)
    {
        if (here.Before is not null || here.IsInside)
            return Refuses(here, "normalize is the first layer of the network: it scales what the data set holds");
        foreach (var (name, numbers) in new[] { ("mean", Mean), ("deviation", Deviation) })
        {
            if (From == NormalizeSource.Given && numbers.Count != 1 && numbers.Count != here.Shape.Channels)
            {
                return Refuses(
                    here,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"normalize has {numbers.Count} numbers for {name}; the inputs have {here.Shape.Channels} channels, and one number for all is allowed too"),
                    isOfSizes: true);
            }
        }

        var place = Passes(here);
        return place with { After = place.After with { IsFlat = here.Shape.Area == 1 } };
    }

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(NormalizeStage.Over(network, place, this));

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        graph.Add("Sub", [graph.Value, graph.Parameter("mean")]);
        graph.Add("Div", [graph.Value, graph.Parameter("deviation")]);
    }

    public bool Equals(NormalizeLayer? other) =>
        other is not null && From == other.From && Mean.SequenceEqual(other.Mean) && Deviation.SequenceEqual(other.Deviation);

    public override int GetHashCode() => Mean.Concat(Deviation).Aggregate(From.GetHashCode(), HashCode.Combine);

    /// <summary>The layers with the numbers of the training rows in those that ask for them.</summary>
    /// <param name="moments">Mean and deviation of each channel; called when they are needed.</param>
    public static IReadOnlyList<LayerDefinition> Fill(
        IReadOnlyList<LayerDefinition> layers, Func<(double[] Mean, double[] Deviation)> moments)
    {
        if (layers is not [NormalizeLayer { From: NormalizeSource.Training } first, ..]) return layers;
        var (mean, deviation) = moments();
        return [first with { From = NormalizeSource.Given, Mean = mean, Deviation = deviation }, .. layers.Skip(1)];
    }
}
