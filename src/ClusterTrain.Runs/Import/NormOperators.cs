using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;

namespace ClusterTrain.Runs.Import;

/// <summary>Normalizations.</summary>
internal static class NormOperators
{
    // What the format says where a node says nothing.
    private const double UsualEpsilon = 1e-5;

    public static readonly IReadOnlyList<OnnxOperator> All =
    [
        new("BatchNormalization", Batch), new("InstanceNormalization", Instance), new("GroupNormalization", Group), new("LayerNormalization", Layer),
    ];

    private static Flow Batch(OnnxNode node, GraphReading reading)
    {
        var flow = reading.Flow(node, 0);
        if (node.Whole("training_mode", 0) != 0) throw reading.Refused(node, "it is in training mode; export the model in evaluation mode");
        string[] parts = ["weight", "bias", "running_mean", "running_var"];
        var numbers = parts.Select((_, part) => Vector(node, reading, part + 1, flow.Shape[0])).ToArray();
        var epsilon = node.Real("epsilon", (float)UsualEpsilon);
        // No layer here normalizes features that were maps, one by one; the dense layer behind takes it in.
        if (flow.Step is LayerStep { Layer: FlattenLayer }) return flow.Then(Affine(node, numbers, epsilon));
        var step = new LayerStep(node.Place, new BatchNormLayer { Epsilon = epsilon });
        return flow.Then(parts.Zip(numbers).Aggregate(step, (made, part) => made.With(part.First, part.Second)));
    }

    private static AffineStep Affine(OnnxNode node, Weight[] numbers, double epsilon)
    {
        var (gamma, beta, mean, variance) = (numbers[0].Make(), numbers[1].Make(), numbers[2].Make(), numbers[3].Make());
        double[] scale = [.. gamma.Zip(variance, (factor, spread) => factor / Math.Sqrt(spread + epsilon))];
        return new AffineStep(node.Place, scale, [.. scale.Select((factor, unit) => beta[unit] - (factor * mean[unit]))]);
    }

    // Of groups, it is how group normalization is written; a scale and a shift of each channel follow by themselves.
    private static Flow Instance(OnnxNode node, GraphReading reading)
    {
        var flow = reading.Flow(node, 0);
        var epsilon = node.Real("epsilon", (float)UsualEpsilon);
        if (flow.Step is not GroupStep grouped)
        {
            return reading.Maps(node).Then(Normalized(
                node, flow.Shape[0], epsilon, Vector(node, reading, 1, flow.Shape[0]), Vector(node, reading, 2, flow.Shape[0])));
        }

        var plain = Vector(node, reading, 1, grouped.Groups).Make().All(scale => scale == 1)
            && Vector(node, reading, 2, grouped.Groups).Make().All(shift => shift == 0);
        if (!plain) throw reading.Refused(node, "it scales or shifts groups; allowed: scales of 1 and shifts of 0, with those of each channel behind it");
        var whole = flow.Previous!;
        var units = whole.Shape[0];
        return new Flow(whole, Normalized(node, grouped.Groups, epsilon, Ones(units), Weight.Of(new float[units])), flow.Shape, whole.IsFlat);
    }

    private static Flow Group(OnnxNode node, GraphReading reading)
    {
        var flow = reading.Flow(node, 0);
        return flow.Then(Normalized(
            node, node.Whole("num_groups", 1), node.Real("epsilon", (float)UsualEpsilon), Vector(node, reading, 1, flow.Shape[0]), Vector(node, reading, 2, flow.Shape[0])));
    }

    private static Flow Layer(OnnxNode node, GraphReading reading)
    {
        var flow = reading.Flow(node, 0);
        if (flow.IsMaps || node.Whole("axis", -1) is not (-1 or 1)) throw reading.Refused(node, "it is read over features alone, [rows, features] along axis 1");
        var shift = GraphReading.Has(node, 2) ? Vector(node, reading, 2, flow.Shape[0]) : Weight.Of(new float[flow.Shape[0]]);
        return flow.Then(Normalized(node, 1, node.Real("epsilon", (float)UsualEpsilon), Vector(node, reading, 1, flow.Shape[0]), shift));
    }

    private static LayerStep Normalized(OnnxNode node, long groups, double epsilon, Weight scale, Weight shift) => new LayerStep(
        node.Place, groups == 1 ? new LayerNormLayer { Epsilon = epsilon } : new GroupNormLayer { Groups = (int)Math.Clamp(groups, 0, int.MaxValue), Epsilon = epsilon })
        .With("weight", scale).With("bias", shift);

    private static Weight Ones(int units) => new([units], () => [.. Enumerable.Repeat(1f, units)]);

    private static Weight Vector(OnnxNode node, GraphReading reading, int input, int units) => reading.Numbers(node, input) is var numbers && numbers.Count == units
        ? new Weight([units], numbers.Floats)
        : throw reading.Refused(node, $"its input {input + 1} has {numbers.Count} numbers; {units} are wanted, one for each channel or group");
}
