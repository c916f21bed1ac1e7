namespace ClusterTrain.Numerics.Networks;

/// <summary>One operation: it reads and writes values by name.</summary>
/// <param name="Operator">As in the operator list of ONNX: <c>Gemm</c>, <c>Conv</c>.</param>
/// <param name="Inputs">The value, then parameters.</param>
/// <param name="Attributes">Whole numbers, lists of such, and floats; all that these operators need.</param>
public sealed record Operation(
    string Operator, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OperationAttribute> Attributes);

/// <param name="Values">One number for an attribute that is no list.</param>
public sealed record OperationAttribute(string Name, bool IsList, IReadOnlyList<long> Values)
{
    public static OperationAttribute Of(string name, long value) => new(name, false, [value]);

    /// <summary>The value of a float; null for whole numbers.</summary>
    public float? Real { get; private init; }

    public static OperationAttribute Float(string name, double value) => new(name, false, []) { Real = (float)value };

    public static OperationAttribute List(string name, params long[] values) => new(name, true, values);
}

/// <summary>A tensor of numbers that no parameter holds.</summary>
/// <param name="Whole">Whole numbers in place of values; null for most.</param>
public sealed record OperationConstant(string Name, IReadOnlyList<int> Shape, IReadOnlyList<float> Values, IReadOnlyList<long>? Whole = null);

/// <summary>
/// What a network computes at inference, as operations that other programs know by name. Parameters keep the names they have
/// in checkpoints; the value behind the layer at path p is <c>layer-p</c>.
/// </summary>
public sealed class InferenceGraph
{
    /// <summary>Name of the network's input.</summary>
    public const string Input = "input";

    /// <summary>Name of the class scores.</summary>
    public const string Output = "logits";

    private readonly List<Operation> _operations = [];
    private readonly List<OperationConstant> _constants = [];
    private string _path = "";
    private int _steps;

    /// <summary>Name of the value that the next operation reads.</summary>
    public string Value { get; set; } = Input;

    /// <summary>In the order of computation.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    public IReadOnlyList<OperationConstant> Constants => _constants;

    /// <summary>All layers of a network.</summary>
    /// <exception cref="NotSupportedException">A layer has no description; the message names it.</exception>
    public static InferenceGraph Of(IReadOnlyList<LayerPlace> places)
    {
        var graph = new InferenceGraph();
        graph.Add(places);
        if (graph._operations.Count > 0) graph._operations[^1] = graph._operations[^1] with { Output = Output };
        return graph;
    }

    /// <summary>Layers one after the other, from <see cref="Value"/> on.</summary>
    public void Add(IReadOnlyList<LayerPlace> places)
    {
        foreach (var place in places)
        {
            Enter(place);
            place.Layer.Describe(this, place);
        }
    }

    /// <summary>Takes a layer for the one at hand: again, behind the layers inside it.</summary>
    public void Enter(LayerPlace place) => (_path, _steps) = (place.Path, 0);

    /// <summary>One operation of the layer at hand, whose output becomes <see cref="Value"/>.</summary>
    /// <param name="inputs">Names; often <see cref="Value"/> first.</param>
    public void Add(string name, IReadOnlyList<string> inputs, params OperationAttribute[] attributes)
    {
        Value = _steps++ == 0 ? $"layer-{_path}" : FormattableString.Invariant($"layer-{_path}-{_steps}");
        _operations.Add(new(name, inputs, Value, attributes));
    }

    /// <summary>Name of a parameter of the layer at hand: <c>weight</c>, <c>bias</c>.</summary>
    public string Parameter(string name) => $"{_path}.{name}";

    /// <summary>Takes in numbers, under a name of the layer at hand, and gives the name.</summary>
    public string Constant(string name, IReadOnlyList<int> shape, params IReadOnlyList<float> values)
    {
        _constants.Add(new(Parameter(name), shape, values));
        return Parameter(name);
    }

    /// <summary>The same for a list of whole numbers.</summary>
    public string WholeConstant(string name, params IReadOnlyList<long> values)
    {
        _constants.Add(new(Parameter(name), [values.Count], [], values));
        return Parameter(name);
    }
}
