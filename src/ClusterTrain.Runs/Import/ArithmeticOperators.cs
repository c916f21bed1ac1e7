using ClusterTrain.Numerics.Layers.Elements;

namespace ClusterTrain.Runs.Import;

/// <summary>The four operations: with numbers of the file, of two branches, and those that activations are written with.</summary>
internal static class ArithmeticOperators
{
    private const double RootOfTwo = 1.4142135623730951;
    private const double Near = 1e-6;

    // Of GELU, the longest that is looked for behind a value.
    private const int MostSteps = 6;

    public static readonly IReadOnlyList<OnnxOperator> All =
    [
        new("Add", Add),
        new("Sub", (node, reading) => IsFlow(node, reading, 0)
            ? Affine(node, reading, 0, number => (1, -number)) : Affine(node, reading, 1, number => (-1, number))),
        new("Mul", Mul),
        new("Div", (node, reading) => IsFlow(node, reading, 0)
            ? Affine(node, reading, 0, number => (1 / number, 0)) : throw reading.Refused(node, "it divides by what comes from the input; allowed: by numbers of the file")),
    ];

    private static Flow Add(OnnxNode node, GraphReading reading) => (IsFlow(node, reading, 0), IsFlow(node, reading, 1)) switch
    {
        (true, true) => reading.Sum(node, reading.Flow(node, 0), reading.Flow(node, 1)),
        (true, false) => Affine(node, reading, 0, number => (1, number)),
        _ => Affine(node, reading, 1, number => (1, number)),
    };

    private static Flow Mul(OnnxNode node, GraphReading reading)
    {
        if (!IsFlow(node, reading, 0)) return Affine(node, reading, 1, number => (number, 0));
        if (!IsFlow(node, reading, 1)) return Affine(node, reading, 0, number => (number, 0));
        var (a, b) = (reading.Flow(node, 0), reading.Flow(node, 1));
        var (value, steps) = a.Depth < b.Depth ? (a, b.StepsBehind(a, MostSteps)) : (b, a.StepsBehind(b, MostSteps));
        return (steps is null ? null : Gated(node, value, steps))
            ?? throw reading.Refused(node, "it multiplies two values that come from the input; allowed: x * sigmoid(x), and x * (1 + erf(x / sqrt 2)) of GELU");
    }

    private static Flow? Gated(OnnxNode node, Flow value, IReadOnlyList<Step> steps)
    {
        if (steps is [LayerStep { Layer: SigmoidLayer }]) return value.Then(new LayerStep(node.Place, new SiluLayer()));
        if (steps is not [AffineStep inner, ErfStep, AffineStep first, ..]) return null;
        if (steps.Skip(2).Any(step => step is not AffineStep)) return null;
        var outer = steps.Skip(3).Cast<AffineStep>().Aggregate(first, (made, next) => made.Then(next));
        var isGelu = Is(inner, 1 / RootOfTwo, 0) && outer.Scale.Length == 1 && outer.Shift.Length == 1 && Math.Abs(outer.Scale[0] - outer.Shift[0]) < Near;
        if (!isGelu) return null;
        var gelu = value.Then(new LayerStep(node.Place, new GeluLayer()));
        return Math.Abs(outer.Scale[0] - 0.5) < Near ? gelu : gelu.Then(new AffineStep(node.Place, [2 * outer.Scale[0]], [0]));
    }

    private static bool Is(AffineStep step, double scale, double shift) =>
        step is { Scale: [var factor], Shift: [var offset] } && Math.Abs(factor - scale) < Near && Math.Abs(offset - shift) < Near;

    private static bool IsFlow(OnnxNode node, GraphReading reading, int input) => reading.At(node, input) is Flow;

    /// <param name="from">The input that comes from the network's own; the other one is numbers.</param>
    /// <param name="meaning">Scale and shift of a number.</param>
    private static Flow Affine(OnnxNode node, GraphReading reading, int from, Func<double, (double Scale, double Shift)> meaning)
    {
        var (flow, numbers) = (reading.Flow(node, from), reading.Numbers(node, 1 - from));
        var rank = flow.Shape.Count + 1;
        int[] sides = [.. Enumerable.Repeat(1, Math.Max(0, rank - numbers.Shape.Count)), .. numbers.Shape];
        var isEach = sides.Length == rank && sides[1] == flow.Shape[0] && sides.Where((side, axis) => axis != 1 && side != 1).FirstOrDefault(-1) < 0;
        if (!isEach && numbers.Count != 1)
        {
            throw reading.Refused(
                node, $"its numbers are [{string.Join(", ", numbers.Shape)}] for rows of [{string.Join(", ", flow.Shape)}]; allowed: one for all, or one for each channel or feature");
        }

        var pairs = numbers.Floats().Select(number => meaning(number)).ToArray();
        var step = new AffineStep(node.Place, [.. pairs.Select(pair => pair.Scale)], [.. pairs.Select(pair => pair.Shift)]);
        return step.Scale.Concat(step.Shift).All(double.IsFinite) ? flow.Then(step) : throw reading.Refused(node, "its numbers have a 0 to divide by, or are not finite");
    }
}
