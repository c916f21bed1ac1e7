using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Dense;

/// <summary>y = x W^T + b with W [units, inputs].</summary>
public sealed record DenseLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<DenseLayer>("Every output sees every input: y = x W^T + b");

    [Option("Outputs of the layer", Min = 1, Max = 65_536, Unit = "units", IsRequired = true)]
    public int Units { get; init; } = 1;

    [Option("Whether each unit has a bias; normalization behind the layer has one of its own")]
    public bool Bias { get; init; } = true;

    [Option("How weights begin: he and xavier by their papers with biases 0, default as common frameworks do, zero for the end of a block")]
    public WeightInit Init { get; init; }

    public override bool? ReadsMaps => false;

    public override int? Scores => Units;

    public override string SizeOption => "units";

    public override LayerPlace Place(LayerContext here)
    {
        if (!here.IsFlat) return Refuses(here, "dense reads features, but here are maps: put flatten or globalAvgPool before it");
        var place = Makes(here, MapShape.Flat(Units), (long)here.Shape.Features * Units);
        return place with { After = place.After with { IsFlat = true, IsFlattened = false } };
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        var (weight, bias) = network.Parameters(place.Path, [Units, network.Site.Features], Bias);
        network.Push(new DenseStage(weight, bias, network.Site, network.Next(Units))
        {
            Init = Init,
            WeightRate = place.Here.Before is DropConnectLayer drop ? drop.Rate : 0,
        });
    }

    public override void Describe(InferenceGraph graph, LayerPlace place) => graph.Add(
        "Gemm", Bias ? [graph.Value, graph.Parameter("weight"), graph.Parameter("bias")] : [graph.Value, graph.Parameter("weight")], OperationAttribute.Of("transB", 1));
}
