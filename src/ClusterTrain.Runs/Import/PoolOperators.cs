using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>Operators over blocks of maps and over whole ones.</summary>
internal static class PoolOperators
{
    public static readonly IReadOnlyList<OnnxOperator> All =
    [
        new("MaxPool", (node, reading) => Blocks(node, reading, (size, stride) => new MaxPoolLayer { Size = size, Stride = stride })),
        new("AveragePool", (node, reading) => Blocks(node, reading, (size, stride) => new AvgPoolLayer { Size = size, Stride = stride })),
        new("GlobalAveragePool", (node, reading) => Whole(node, reading, keeps: true)),
        new("ReduceMean", Mean),
    ];

    private static Flow Blocks(OnnxNode node, GraphReading reading, Func<int, int, LayerDefinition> layer)
    {
        var maps = reading.Maps(node);
        var (size, stride, padding) = LinearOperators.Window(node, reading, maps, node.Wholes("kernel_shape") ?? []);
        if (padding != 0) throw reading.Refused(node, $"it has zeros around its maps (pads {padding}); allowed: 0");
        // Blocks that stand out over the edge are left out here.
        if (node.Whole("ceil_mode", 0) != 0 && maps.Shape.Skip(1).Any(side => (side - size) % stride != 0))
            throw reading.Refused(node, $"ceil_mode 1 over maps of {maps.Shape[1]} x {maps.Shape[2]} has blocks that stand out; allowed: ceil_mode 0");
        return maps.Then(
            new LayerStep(node.Place, layer(size, stride)),
            LinearOperators.Shape(new Window(size, stride, 0).Over(LinearOperators.Map(maps), maps.Shape[0])));
    }

    private static Flow Whole(OnnxNode node, GraphReading reading, bool keeps)
    {
        var maps = reading.Maps(node);
        return maps.Then(new LayerStep(node.Place, new GlobalAvgPoolLayer()), keeps ? [maps.Shape[0], 1, 1] : [maps.Shape[0]], isFlat: true);
    }

    private static Flow Mean(OnnxNode node, GraphReading reading)
    {
        var axes = GraphReading.Has(node, 1) ? [.. reading.Wholes(node, 1).Select(axis => axis ?? 0)] : node.Wholes("axes") ?? [];
        return axes.Select(axis => axis < 0 ? axis + 4 : axis).Order().SequenceEqual([2, 3])
            ? Whole(node, reading, node.Whole("keepdims", 1) != 0)
            : throw reading.Refused(node, $"its axes are [{string.Join(", ", axes)}]; allowed: [2, 3], the mean of each map");
    }
}
