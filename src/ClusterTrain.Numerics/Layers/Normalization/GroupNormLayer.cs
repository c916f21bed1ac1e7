using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>
/// Group normalization (Wu and He 2018): each example's channels in groups, by the group's own mean and biased variance over
/// channels and positions, in training and at inference alike; then a scale and a shift a channel.
/// </summary>
public sealed record GroupNormLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<GroupNormLayer>(
        "Each example's channels in groups, by the group's own mean and variance; then a scale and a shift a channel. No statistics are kept");

    [Option("Groups; must divide the channels", Min = 1, Max = 4_096, Unit = "groups", IsRequired = true)]
    public int Groups { get; init; } = 1;

    [Option("Added to the variance", Min = 0, AboveMin = true, Max = 1)]
    public double Epsilon { get; init; } = 1e-5;

    public override LayerPlace Place(LayerContext here)
    {
        if (GroupNormStage.Refusal(here, "groupNorm") is { } problem) return Refuses(here, problem);
        if (here.Shape.Channels % Groups != 0)
        {
            return Refuses(
                here, $"{Groups} groups do not divide {here.Shape.Channels} channels; allowed: "
                + string.Join(", ", Enumerable.Range(1, here.Shape.Channels).Where(count => here.Shape.Channels % count == 0)),
                isOfSizes: here.IsInput);
        }

        return GroupNormStage.Emptiness(here.Shape, "groupNorm", Groups) is { } empty
            ? Refuses(here, empty, isOfSizes: !here.IsFlat || here.IsInput)
            : Makes(here, here.Shape);
    }

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(GroupNormStage.Over(network, place, Groups, Epsilon));

    public override void Describe(InferenceGraph graph, LayerPlace place) => GroupNormStage.Describe(graph, place, Groups, Epsilon);
}
