using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Dropout;

/// <summary>
/// Inverted dropout (Srivastava et al. 2014): in training a unit is dropped with probability <see cref="Rate"/> and kept ones
/// are divided by 1 - rate; nothing at inference. As first layer it drops inputs. Over maps the unit is a whole channel
/// (Tompson et al. 2015): neighbours in a map say nearly the same.
/// </summary>
public sealed record DropoutLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<DropoutLayer>(
        "Inverted dropout of the units before it, of whole channels over maps; as first layer, of the inputs");

    [Option(
        "Share of units dropped in training; usual: 0.2 to 0.5 between layers, 0.2 to 0.25 on the input; 0 is off",
        Min = 0, Max = 0.8, Unit = "probability")]
    public double Rate { get; init; } = 0.5;

    [Option("Classic dropout: nothing is scaled in training, all units are multiplied by 1 - rate at inference")]
    public bool Classic { get; init; }

    public override bool DropsUnits => Rate > 0;

    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsDropped)
            return Refuses(here, "dropout follows dropout; keep one, with keep rates multiplied");
        if (here.IsFlattened) return Refuses(here, "dropout stands before flatten, where it drops whole channels");
        var place = Passes(here);
        return place with { After = place.After with { IsDropped = true } };
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        if (!network.IsFree) network.Push(DropStage.Over(network, place));
        network.Drop(Rate, Classic);
    }

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        if (Classic && Rate > 0) graph.Add("Mul", [graph.Value, graph.Constant("keep", [1], (float)(1 - Rate))]);
    }
}
