using ClusterTrain.Numerics.Layers;

namespace ClusterTrain.Runs.Import;

/// <summary>Operators that change a shape and no number, and those that work shapes out.</summary>
internal static class ShapeOperators
{
    private const string Into = "allowed: [rows, features], groups for a normalization and back, or maps of the input";
    private const int MostWholes = 64;

    public static readonly IReadOnlyList<OnnxOperator> All =
    [
        new("Flatten", Flatten), new("Reshape", Reshape), new("Squeeze", Squeeze), new("Unsqueeze", Unsqueeze), new("Transpose", Transpose),
        new("Cast", (node, reading) => reading.At(node, 0)), new("Constant", Constant), new("Shape", Shape), new("Gather", Gather),
        new("Slice", Slice), new("Concat", Concat),
    ];

    /// <summary>Whether a node reads values that layers do not: groups, or channels that are last.</summary>
    public static bool ReadsAny(OnnxNode node) => node.Operator is "Flatten" or "Reshape" or "Transpose" or "InstanceNormalization" or "Shape";

    private static Flow Flatten(OnnxNode node, GraphReading reading) => node.Whole("axis", 1) is 1
        ? Flat(node, reading.Flow(node, 0)) : throw reading.Refused(node, $"its axis is {node.Whole("axis", 1)}; allowed: 1");

    private static Flow Flat(OnnxNode node, Flow flow)
    {
        if (flow is { Step: null, Shape.Count: 1 } || (!flow.IsMaps && flow.Step is not ChannelsLastStep)) return flow;
        var area = flow.Features / flow.Shape[0];
        return flow.IsFlat ? flow.Seen([flow.Features])
            : flow.Step is ChannelsLastStep ? flow.Then(new LayerStep(node.Place, new FlattenLayer(), 1), [flow.Features])
            : flow.Then(new LayerStep(node.Place, new FlattenLayer(), area), [flow.Features]);
    }

    private static GraphValue Reshape(OnnxNode node, GraphReading reading)
    {
        var wanted = reading.Wholes(node, 1);
        if (reading.At(node, 0) is ConstantValue constant) return Seen(node, reading, constant, wanted);
        if (reading.At(node, 0) is WholeValue worked) return worked;
        var flow = reading.Flow(node, 0);
        var shape = Resolved(node, reading, flow, wanted);
        // Back from groups.
        if (flow is { Step: LayerStep, Shape.Count: 2 } && shape.SequenceEqual(flow.Previous!.Shape)) return flow.Seen(shape);
        if (flow.Step is ChannelsLastStep) return shape.Count == 1 ? Flat(node, flow) : throw reading.Refused(node, $"it makes maps of maps with their channels last; {Into}");
        if (shape.Count == 1) return Flat(node, flow);
        if (shape.SequenceEqual(flow.Shape)) return flow;
        if (shape.Count == 2 && flow.Shape[0] % Math.Max(1, shape[0]) == 0) return flow.Then(new GroupStep(node.Place, shape[0]), shape);
        if (shape.Count == 3 && flow.Step is null) return new Flow(null, null, shape, isFlat: false);
        throw reading.Refused(node, $"it makes [{string.Join(", ", shape)}] of [{string.Join(", ", flow.Shape)}]; {Into}");
    }

    // Of a row; the rows themselves have to stay the first side.
    private static List<int> Resolved(OnnxNode node, GraphReading reading, Flow flow, IReadOnlyList<long?> wanted)
    {
        var known = wanted.Skip(1).Select((side, axis) => side == 0 && axis < flow.Shape.Count ? flow.Shape[axis] : side).ToList();
        var (open, product) = (known.Count(side => side == -1), known.Where(side => side != -1).Aggregate(1L, (made, side) => Math.Min(made, 1 << 30) * (side ?? 0)));
        var keepsRows = wanted.Count > 1 && (wanted[0] is null or 0 || wanted[0] == reading.Batch || (wanted[0] == -1 && open == 0));
        if (!keepsRows || open > 1 || product <= 0 || (open == 1 ? flow.Features % product != 0 : product != flow.Features))
        {
            throw reading.Refused(
                node, $"it makes [{string.Join(", ", wanted.Select(side => side is { } number ? $"{number}" : "rows"))}] of rows of [{string.Join(", ", flow.Shape)}]; {Into}");
        }

        return [.. known.Select(side => (int)(side == -1 ? flow.Features / product : side!.Value))];
    }

    private static ConstantValue Seen(OnnxNode node, GraphReading reading, ConstantValue constant, IReadOnlyList<long?> wanted)
    {
        var known = wanted.Where(side => side is > 0).Aggregate(1L, (made, side) => Math.Min(made, 1 << 30) * side!.Value);
        List<int> shape = [.. wanted.Select(side => side is > 0 ? (int)Math.Min(side.Value, int.MaxValue) : constant.Count / (int)Math.Min(known, int.MaxValue))];
        return wanted.All(side => side is > 0 or -1) && shape.Aggregate(1L, (made, side) => Math.Min(made, 1 << 30) * side) == constant.Count && !constant.IsTurned
            ? constant.Seen(shape) : throw reading.Refused(node, $"it makes [{string.Join(", ", wanted)}] of {constant.Count} numbers of the file");
    }

    private static GraphValue Squeeze(OnnxNode node, GraphReading reading)
    {
        if (reading.At(node, 0) is ConstantValue constant) return constant.Seen([.. constant.Shape.Where(side => side != 1)]);
        if (reading.At(node, 0) is WholeValue worked) return worked;
        var maps = reading.Maps(node);
        return maps.Features == maps.Shape[0] ? Flat(node, maps) : throw reading.Refused(node, $"it reads maps of {maps.Shape[1]} x {maps.Shape[2]}; allowed: of 1 x 1");
    }

    private static GraphValue Unsqueeze(OnnxNode node, GraphReading reading)
    {
        if (reading.At(node, 0) is WholeValue or ConstantValue { Stored.IsWhole: true }) return new WholeValue(reading.Wholes(node, 0));
        if (reading.At(node, 0) is not ConstantValue constant) throw reading.Refused(node, "it gives a value another side; allowed: numbers of the file and shapes");
        var axes = GraphReading.Has(node, 1) ? [.. reading.Wholes(node, 1).Select(axis => axis ?? 0)] : node.Wholes("axes") ?? [];
        List<int> shape = [.. constant.Shape];
        foreach (var axis in axes.Take(8).Select(axis => axis < 0 ? axis + constant.Shape.Count + axes.Count : axis).Order())
            shape.Insert((int)Math.Clamp(axis, 0, shape.Count), 1);
        return constant.Seen(shape);
    }

    private static GraphValue Transpose(OnnxNode node, GraphReading reading)
    {
        var order = node.Wholes("perm") ?? [];
        if (reading.At(node, 0) is ConstantValue { Shape.Count: 2 } matrix && (order.Count == 0 || order.SequenceEqual([1L, 0]))) return matrix.Turned();
        var flow = reading.Flow(node, 0);
        if (order.SequenceEqual(Enumerable.Range(0, flow.Shape.Count + 1).Select(axis => (long)axis))) return flow;
        if (flow.IsMaps && order.SequenceEqual([0L, 3, 1, 2]))
        {
            if (flow.Step is ChannelsLastStep) return flow.Previous!;
            // Rows come with their channels first, whatever the file was written for.
            if (flow.Step is null) return new Flow(null, null, [flow.Shape[2], flow.Shape[0], flow.Shape[1]], isFlat: false);
        }

        if (flow.IsMaps && flow.Step is not ChannelsLastStep && order.SequenceEqual([0L, 2, 3, 1]))
            return flow.Then(new ChannelsLastStep(node.Place, flow.Shape[0], flow.Shape[1] * flow.Shape[2]), [flow.Shape[1], flow.Shape[2], flow.Shape[0]]);
        throw reading.Refused(
            node, $"its order is [{string.Join(", ", order)}]; allowed: of a matrix of the file; [0, 3, 1, 2] of the input; [0, 2, 3, 1] before the maps are made features");
    }

    private static GraphValue Constant(OnnxNode node, GraphReading reading)
    {
        if (node.Attributes.GetValueOrDefault("value")?.Tensor is { } tensor) return new ConstantValue(tensor, tensor.Shape);
        if (node.Attributes.GetValueOrDefault("value_int") is { } whole) return new WholeValue([whole.Whole]);
        if (node.Wholes("value_ints") is { } wholes) return new WholeValue([.. wholes.Select(number => (long?)number)]);
        if (node.Attributes.GetValueOrDefault("value_float") is { } real)
            return new ConstantValue(new StoredTensor("", [], 1, BitConverter.GetBytes(real.Real), []), []);
        throw reading.Refused(node, "it holds none of value, value_int, value_ints and value_float");
    }

    private static WholeValue Shape(OnnxNode node, GraphReading reading) =>
        new([null, .. (reading.At(node, 0) is Flow ? reading.Flow(node, 0) : throw reading.Refused(node, "it reads no value that comes from the input")).Shape.Select(side => (long?)side)]);

    private static WholeValue Gather(OnnxNode node, GraphReading reading)
    {
        var (numbers, places) = (reading.Wholes(node, 0), reading.Wholes(node, 1));
        return new([.. places.Select(place => (place < 0 ? place + numbers.Count : place) is { } at && at >= 0 && at < numbers.Count
            ? numbers[(int)at] : throw reading.Refused(node, $"there is no number {place} among {numbers.Count}"))]);
    }

    private static WholeValue Slice(OnnxNode node, GraphReading reading)
    {
        var numbers = reading.Wholes(node, 0);
        long Bound(int input, long otherwise) => !GraphReading.Has(node, input) ? otherwise
            : reading.Wholes(node, input) is [{ } bound] ? Math.Clamp(bound < 0 ? bound + numbers.Count : bound, 0, numbers.Count)
            : throw reading.Refused(node, "it cuts along more than one axis");
        var (first, end) = (Bound(1, 0), Bound(2, numbers.Count));
        return !GraphReading.Has(node, 4) || reading.Wholes(node, 4) is [1] ? new([.. numbers.Skip((int)first).Take((int)Math.Max(0, end - first))])
            : throw reading.Refused(node, "it goes in steps; allowed: 1");
    }

    private static WholeValue Concat(OnnxNode node, GraphReading reading) =>
        new([.. Enumerable.Range(0, node.Inputs.Count).SelectMany(input => reading.Wholes(node, input)).Take(MostWholes)]);
}
