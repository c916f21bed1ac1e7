using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>An operator that can be read: what its output is, given what stands under the names of its inputs.</summary>
internal sealed record OnnxOperator(string Name, Func<OnnxNode, GraphReading, GraphValue> Read);

/// <summary>The values of a graph while it is read from its first node to its last.</summary>
internal sealed class GraphReading
{
    /// <summary>Sums inside each other.</summary>
    private const int MostDepth = 32;

    private static readonly Dictionary<string, OnnxOperator> Known =
        new[] { LinearOperators.All, ElementOperators.All, NormOperators.All, PoolOperators.All, ShapeOperators.All, ArithmeticOperators.All }
            .SelectMany(family => family).ToDictionary(one => one.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);
    private readonly HashSet<Flow> _summed = [];
    private readonly string _file;

    private GraphReading(string file, long? batch) => (_file, Batch) = (file, batch);

    /// <summary>The number of rows that the file is written for; null when any.</summary>
    public long? Batch { get; }

    /// <summary>Names of all operators that can be read.</summary>
    public static IEnumerable<string> Operators => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>What the graph makes of its input.</summary>
    /// <exception cref="ImportException">Some node cannot be read.</exception>
    public static Flow Of(OnnxModel model, string file)
    {
        var (input, output) = (Single(model.Inputs, "input", file), Single(model.Outputs, "output", file));
        if (input.Type != OnnxValue.Float) throw new ImportException($"{file}: the input {input} has elements of type {input.Type} of the format; allowed: FLOAT");
        if (input.Sides.Count is not (2 or 4) || input.Sides.Skip(1).Any(side => side is null or > 1 << 20)
            || input.Sides.Skip(1).Aggregate(1L, (product, side) => Math.Min(product, 1L << 32) * side!.Value) > 1 << 28)
        {
            throw new ImportException(
                $"{file}: the input is {input}; allowed: [rows, features] or [rows, channels, height, width], where only the number of rows may be free");
        }

        var reading = new GraphReading(file, input.Sides[0]);
        reading._values[input.Name] = new Flow(null, null, [.. input.Sides.Skip(1).Select(side => (int)side!.Value)], input.Sides.Count == 2);
        foreach (var node in Needed(model, output.Name)) reading.Read(node, model);
        return reading.Value(output.Name, model) is Flow flow ? flow : throw new ImportException($"{file}: the output {output} does not come from the input");
    }

    public Flow Flow(OnnxNode node, int input) => At(node, input) is not Flow flow ? throw Refused(node, $"its input {input + 1} has to come from the network's input")
        : (flow.Step is ChannelsLastStep or SoftmaxStep || flow.Shape.Count == 2) && !ShapeOperators.ReadsAny(node) ? throw Refused(node, $"it cannot stand behind {flow.Step?.Place}")
        : flow;

    /// <summary>A flow of maps.</summary>
    public Flow Maps(OnnxNode node) => Flow(node, 0) is { IsMaps: true } flow ? flow : throw Refused(node, "it reads features, and maps [channels, height, width] are wanted");

    /// <summary>Floating-point numbers of the file.</summary>
    public ConstantValue Numbers(OnnxNode node, int input) => At(node, input) is ConstantValue { Stored.IsWhole: false } constant
        ? constant : throw Refused(node, $"its input {input + 1} has to be numbers of the file");

    public ConstantValue? NumbersOrNone(OnnxNode node, int input) => Has(node, input) ? Numbers(node, input) : null;

    /// <summary>Whole numbers: of the file, or worked out from a shape.</summary>
    public IReadOnlyList<long?> Wholes(OnnxNode node, int input) => At(node, input) switch
    {
        WholeValue worked => worked.Numbers,
        ConstantValue { Stored.IsWhole: true } constant => [.. constant.Stored.Wholes().Select(whole => (long?)whole)],
        _ => throw Refused(node, $"its input {input + 1} has to be whole numbers that are known before it runs"),
    };

    public GraphValue At(OnnxNode node, int input) => Has(node, input)
        ? _values.GetValueOrDefault(node.Inputs[input]) ?? throw Refused(node, $"it reads '{node.Inputs[input]}', which no node before it and no tensor is")
        : throw Refused(node, $"it has no input {input + 1}");

    public static bool Has(OnnxNode node, int input) => input < node.Inputs.Count && node.Inputs[input].Length > 0;

    public ImportException Refused(OnnxNode node, string problem) => new($"{_file}: {node.Place}: {problem}");

    /// <summary>The sum of two flows as the two branches behind the place where they part.</summary>
    public Flow Sum(OnnxNode node, Flow first, Flow second)
    {
        if (!first.Shape.SequenceEqual(second.Shape))
            throw Refused(node, $"it adds [{string.Join(", ", first.Shape)}] and [{string.Join(", ", second.Shape)}]; allowed: equal shapes, or numbers of the file");
        var (a, b) = (first, second);
        while (!ReferenceEquals(a, b))
        {
            var deeper = a.Depth >= b.Depth ? a : b;
            if (!_summed.Add(deeper)) throw Refused(node, "what it adds is used by another sum too; allowed: sums of two branches that meet at one earlier value");
            (a, b) = ReferenceEquals(deeper, a) ? (a.Previous!, b) : (a, b.Previous!);
        }

        var (main, shortcut) = (first.StepsBehind(a)!, second.StepsBehind(a)!);
        if (main.Count == 0) (main, shortcut) = (shortcut, main);
        if (main.Count == 0) throw Refused(node, "it adds a value to itself");
        var depth = 1 + main.Concat(shortcut).OfType<SumStep>().Select(inner => inner.Depth).DefaultIfEmpty(0).Max();
        return depth > MostDepth ? throw Refused(node, $"more than {MostDepth} sums stand inside each other")
            : a.Then(new SumStep(node.Place, main, shortcut, depth), first.Shape, first.IsFlat);
    }

    private static OnnxValue Single(IReadOnlyList<OnnxValue> values, string what, string file) => values.Count == 1 ? values[0]
        : throw new ImportException($"{file}: the graph has {values.Count} {what}s ({string.Join(", ", values.Take(5))}); allowed: one");

    // Nodes stand behind those that they read.
    private static List<OnnxNode> Needed(OnnxModel model, string output)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { output };
        var nodes = new List<OnnxNode>();
        foreach (var node in model.Nodes.Reverse().Where(node => node.Outputs.Any(names.Contains)))
        {
            nodes.Add(node);
            names.UnionWith(node.Inputs);
        }

        nodes.Reverse();
        return nodes;
    }

    private void Read(OnnxNode node, OnnxModel model)
    {
        foreach (var name in node.Inputs) Value(name, model);
        if (node.Domain is not ("" or "ai.onnx") || !Known.TryGetValue(node.Operator, out var known))
            throw Refused(node, $"this operator is not read; allowed: {string.Join(", ", Operators)}");
        // Second outputs are masks and statistics of training, which no node that is read has a use for.
        _values[node.Outputs[0]] = known.Read(node, this);
    }

    private GraphValue? Value(string name, OnnxModel model)
    {
        if (!_values.TryGetValue(name, out var value) && model.Tensors.TryGetValue(name, out var tensor))
            _values[name] = value = new ConstantValue(tensor, tensor.Shape);
        return value;
    }
}
