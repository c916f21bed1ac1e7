using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Dense;

/// <summary>
/// DropConnect (Wan et al. 2013), inverted: in training each weight of the dense layer behind it is dropped with probability
/// <see cref="Rate"/>, kept ones are divided by 1 - rate; one draw a shard; nothing at inference.
/// </summary>
public sealed record DropConnectLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<DropConnectLayer>(
        "Drops weights of the dense layer directly behind it, one draw a shard; kept ones are divided by 1 - rate");

    [Option("Share of weights dropped in training; usual: 0.5; 0 is off", Min = 0, Max = 0.8, Unit = "probability")]
    public double Rate { get; init; } = 0.5;

    public override LayerPlace Place(LayerContext here) => Passes(here);

    public override string? Minds(LayerDefinition next) => next is DenseLayer
        ? null : "dropConnect drops the weights of a dense layer, which must follow it directly";

    // The dense layer asks what stands before it.
    public override void Build(NetworkBuilder network, LayerPlace place)
    {
    }

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
    }
}
