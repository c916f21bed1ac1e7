using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>
/// Layer normalization (Ba et al. 2016): each example by its own mean and biased variance over everything; then a scale and a
/// shift a feature, or a channel of maps. Group normalization with one group.
/// </summary>
public sealed record LayerNormLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<LayerNormLayer>(
        "Each example by its own mean and variance over all features or maps; then a scale and a shift a feature, or a channel");

    [Option("Added to the variance", Min = 0, AboveMin = true, Max = 1)]
    public double Epsilon { get; init; } = 1e-5;

    public override LayerPlace Place(LayerContext here) => GroupNormStage.Refusal(here, "layerNorm") is { } problem
        ? Refuses(here, problem)
        : GroupNormStage.Emptiness(here.Shape, "layerNorm", 1) is { } empty
            ? Refuses(here, empty, isOfSizes: !here.IsFlat || here.IsInput)
            : Makes(here, here.Shape);

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(GroupNormStage.Over(network, place, 1, Epsilon));

    public override void Describe(InferenceGraph graph, LayerPlace place) => GroupNormStage.Describe(graph, place, 1, Epsilon);
}
