using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>
/// Normalization of each example by itself. The weight is [1, units], the scales, and the bias the shifts. It has to see every
/// unit, so neither of its sites is ever thinned.
/// </summary>
/// <param name="Groups">They divide the units.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record GroupNormStage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, int Groups, double Epsilon)
    : Stage(Weight, Bias, Input, Output), IKernelSource
{
    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    public override IEnumerable<ParameterTensor> Tensors => [Weight with { Shape = [Weight.Columns] }, Bias];

    /// <summary>Why no such layer can stand here; null when one can.</summary>
    public static string? Refusal(LayerContext here, string name) =>
        here.IsDropped ? $"{name} stands before dropout, not behind it, which would change its statistics"
        : here.IsFlattened ? $"{name} stands before flatten, where it normalizes channels"
        : null;

    /// <summary>Why it says nothing of values of this shape; null when it does.</summary>
    public static string? Emptiness(MapShape shape, string name, int groups) => (long)shape.Channels * shape.Area / groups > 1
        ? null
        : $"{name} with {groups} {(groups == 1 ? "group" : "groups")} over {shape} has 1 value in each, which is its own mean, so that 0 is left: "
            + "use fewer groups, or stand where there are more values";

    /// <summary>Behind what was built so far.</summary>
    public static GroupNormStage Over(NetworkBuilder network, LayerPlace place, int groups, double epsilon)
    {
        network.Settle();
        var (weight, bias) = network.UnitRows(place.Path, 1, hasBias: true);
        var stage = new GroupNormStage(weight, bias, network.Site, network.Next(network.Site.Units, network.Site.Area), groups, epsilon);
        network.SettleNext();
        return stage;
    }

    /// <summary>As rows of groups, each normalized by itself, and then as maps again.</summary>
    public static void Describe(InferenceGraph graph, LayerPlace place, int groups, double epsilon)
    {
        var shape = place.Input;
        long[] back = place.Here.IsFlat ? [0, shape.Features] : [0, shape.Channels, shape.Height, shape.Width];
        graph.Add("Reshape", [graph.Value, graph.WholeConstant("rows", 0, groups, -1)]);
        graph.Add(
            "InstanceNormalization",
            [
                graph.Value, graph.Constant("ones", [groups], [.. Enumerable.Repeat(1f, groups)]),
                graph.Constant("zeros", [groups], [.. Enumerable.Repeat(0f, groups)]),
            ],
            OperationAttribute.Float("epsilon", epsilon));
        graph.Add("Reshape", [graph.Value, graph.WholeConstant("maps", back)]);
        var x = graph.Value;
        var unit = graph.WholeConstant("unit", place.Here.IsFlat ? [-1] : [-1, 1, 1]);
        graph.Add("Reshape", [graph.Parameter("weight"), unit]);
        graph.Add("Mul", [x, graph.Value]);
        x = graph.Value;
        graph.Add("Reshape", [graph.Parameter("bias"), unit]);
        graph.Add("Add", [x, graph.Value]);
    }

    public override void Initialize(Span<float> parameters, RandomStream weights, RandomStream biases)
    {
        parameters.Slice(Weight.Offset, Weight.Length).Fill(1f);
        parameters.Slice(Bias.Offset, Bias.Length).Clear();
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new GroupNormKernel(this, products, maxBatch);
}
