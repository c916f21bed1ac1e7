using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>Operators with weights: <c>Conv</c>, <c>Gemm</c>, <c>MatMul</c>.</summary>
internal static class LinearOperators
{
    private const int MostValues = 1 << 28;

    public static readonly IReadOnlyList<OnnxOperator> All = [new("Conv", Conv), new("Gemm", Gemm), new("MatMul", MatMul)];

    /// <summary>The side, the stride and the padding of a square window, or why it is none that layers here have.</summary>
    public static (int Size, int Stride, int Padding) Window(OnnxNode node, GraphReading reading, Flow maps, IReadOnlyList<long> kernel)
    {
        var strides = node.Wholes("strides") ?? [1, 1];
        var pads = node.Wholes("pads") ?? [0, 0, 0, 0];
        var automatic = node.Text("auto_pad", "NOTSET");
        if (automatic is "SAME_UPPER" or "SAME_LOWER" && strides.All(stride => stride == 1) && kernel.All(side => side % 2 == 1))
            pads = [.. kernel.Concat(kernel).Select(side => (side - 1) / 2)];
        else if (automatic is not ("NOTSET" or "VALID"))
            throw reading.Refused(node, $"auto_pad {automatic} with kernel {Text(kernel)} and strides {Text(strides)} is not read; allowed: pads of their own");
        foreach (var (name, numbers, most) in new[] { ("kernel", kernel, 63), ("strides", strides, 63), ("pads", pads, 31) })
        {
            if (numbers.Count == 0 || numbers.Distinct().Count() != 1 || numbers[0] > most || numbers[0] < (name == "pads" ? 0 : 1))
                throw reading.Refused(node, $"{name} {Text(numbers)}; allowed: equal numbers for both directions, at most {most}");
        }

        if ((node.Wholes("dilations") ?? []).Any(dilation => dilation != 1)) throw reading.Refused(node, "dilations above 1 are not read");
        var window = new Window((int)kernel[0], (int)strides[0], (int)pads[0]);
        return window.Problem(Map(maps), "it", "a kernel") is { } problem ? throw reading.Refused(node, problem) : (window.Size, window.Stride, window.Padding);
    }

    public static MapShape Map(Flow maps) => new(maps.Shape[0], maps.Shape[1], maps.Shape[2]);

    public static IReadOnlyList<int> Shape(MapShape map) => [map.Channels, map.Height, map.Width];

    private static Flow Conv(OnnxNode node, GraphReading reading)
    {
        var (maps, weight, bias) = (reading.Maps(node), reading.Numbers(node, 1), reading.NumbersOrNone(node, 2));
        if (node.Whole("group", 1) != 1) throw reading.Refused(node, $"it has {node.Whole("group", 1)} groups; allowed: 1");
        if (weight.Shape.Count != 4 || weight.Shape[1] != maps.Shape[0])
            throw reading.Refused(node, $"its weight is {Text(weight.Shape)}; [out, {maps.Shape[0]}, height, width] is wanted");
        var (size, stride, padding) = Window(node, reading, maps, [weight.Shape[2], weight.Shape[3]]);
        var made = new Window(size, stride, padding).Over(Map(maps), weight.Shape[0]);
        if ((long)made.Area * made.Channels > MostValues) throw reading.Refused(node, $"it makes maps of {made}, more than {MostValues} values");
        var layer = new Conv2dLayer { Channels = weight.Shape[0], Kernel = size, Stride = stride, Padding = padding, Bias = bias is not null };
        var step = new LayerStep(node.Place, layer).With("weight", new Weight(weight.Shape, weight.Floats));
        return maps.Then(
            bias is null ? step : step.With("bias", Vector(node, reading, bias, weight.Shape[0])),
            Shape(made));
    }

    private static Flow Gemm(OnnxNode node, GraphReading reading)
    {
        var (flow, weight, bias) = (reading.Flow(node, 0), reading.Numbers(node, 1), reading.NumbersOrNone(node, 2));
        if (node.Whole("transA", 0) != 0) throw reading.Refused(node, "transA 1 is not read; allowed: rows as they are");
        if (node.Whole("transB", 0) == 0) weight = Turned(node, reading, weight);
        var (alpha, beta) = (node.Real("alpha", 1), node.Real("beta", 1));
        var step = Dense(node, reading, flow, weight, bias is not null);
        if (alpha != 1) step = step.With("weight", step.Parts["weight"].Changed((_, _, value) => value * alpha));
        if (bias is not null && Vector(node, reading, bias, weight.Shape[0]) is var shift)
            step = step.With("bias", beta == 1 ? shift : shift.Changed((_, _, value) => value * beta));
        return flow.Then(step, [weight.Shape[0]], isFlat: true);
    }

    private static Flow MatMul(OnnxNode node, GraphReading reading)
    {
        var (flow, weight) = (reading.Flow(node, 0), Turned(node, reading, reading.Numbers(node, 1)));
        return flow.Then(Dense(node, reading, flow, weight, hasBias: false), [weight.Shape[0]], isFlat: true);
    }

    private static ConstantValue Turned(OnnxNode node, GraphReading reading, ConstantValue weight) =>
        weight.Shape.Count == 2 ? weight.Turned() : throw reading.Refused(node, $"its weight is {Text(weight.Shape)}; a matrix is wanted");

    private static LayerStep Dense(OnnxNode node, GraphReading reading, Flow flow, ConstantValue weight, bool hasBias) =>
        flow.IsMaps || weight.Shape.Count != 2 || weight.Shape[1] != flow.Shape[0] || weight.Shape[0] == 0
            ? throw reading.Refused(node, $"its weight joins {Text(weight.Shape)} (out, in) to rows of {Text(flow.Shape)}; in has to be the features of a row")
            : new LayerStep(node.Place, new DenseLayer { Units = weight.Shape[0], Bias = hasBias }).With("weight", new Weight(weight.Shape, weight.Floats));

    /// <summary>A number for each unit, from as many or from one for all.</summary>
    private static Weight Vector(OnnxNode node, GraphReading reading, ConstantValue bias, int units) => bias.Count == units
        ? new Weight([units], bias.Floats)
        : bias.Count == 1 ? new Weight([units], () => [.. Enumerable.Repeat(bias.Floats()[0], units)])
        : throw reading.Refused(node, $"its bias is {Text(bias.Shape)}; [{units}] is wanted");

    private static string Text<T>(IEnumerable<T> numbers) => $"[{string.Join(", ", numbers)}]";
}
