using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>
/// Batch normalization (Ioffe and Szegedy 2015, algorithm 1) of features, or of the channels of maps: in training with mean and
/// biased variance of the shard's rows (and positions), at inference with running ones, to which each step gives the mean over
/// its shards of their means and unbiased variances.
/// </summary>
public sealed record BatchNormLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<BatchNormLayer>(
        "Batch normalization of features, or of the channels of maps: each shard's own statistics in training, running ones at inference");

    [Option("Share of a step's statistics (the mean over its shards) in the running ones", Min = 0, AboveMin = true, Max = 1)]
    public double Momentum { get; init; } = 0.1;

    [Option("Added to the variance", Min = 0, AboveMin = true, Max = 1)]
    public double Epsilon { get; init; } = 1e-5;

    [Option("First value of every scale; 0 in the last normalization of a residual branch lets the block begin as its shortcut", Min = 0, Max = 10)]
    public double Gamma { get; init; } = 1;

    public override LayerPlace Place(LayerContext here)
    {
        if (here.IsDropped) return Refuses(here, "batchNorm stands before dropout, not behind it, which would change its statistics");
        if (here.IsFlattened) return Refuses(here, "batchNorm stands before flatten, where it normalizes channels");
        return here.Before is BatchNormLayer
            ? Refuses(here, "batchNorm follows batchNorm and would only repeat it; keep one")
            : Makes(here, here.Shape);
    }

    public override void Build(NetworkBuilder network, LayerPlace place) => network.Push(ElementStage.Over(network, place, this, activation: null));

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "BatchNormalization",
        [graph.Value, .. new[] { "weight", "bias", "running_mean", "running_var" }.Select(graph.Parameter)],
        OperationAttribute.Float("epsilon", Epsilon));
}
