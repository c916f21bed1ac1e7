using ClusterTrain.Runs.Export.Onnx;

namespace ClusterTrain.Runs.Import;

/// <summary>An operation of the graph: it reads values by name and writes others.</summary>
internal sealed record OnnxNode(
    string Operator, string Domain, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>As messages name it.</summary>
    public string Place => $"node '{(Name.Length > 0 ? Name : Outputs.FirstOrDefault(""))}' ({Operator})";

    public long Whole(string name, long otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Whole : otherwise;

    public double Real(string name, double otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Real : otherwise;

    public string Text(string name, string otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Text : otherwise;

    /// <summary>A list of whole numbers; null where there is none of the name.</summary>
    public IReadOnlyList<long>? Wholes(string name) => Attributes.GetValueOrDefault(name)?.Wholes;
}

internal sealed record OnnxAttribute(long Whole, float Real, string Text, IReadOnlyList<long> Wholes, IReadOnlyList<float> Reals, StoredTensor? Tensor);

/// <summary>An input or an output of the graph.</summary>
/// <param name="Sides">Of its tensor; null for one that is free, such as the number of rows.</param>
internal sealed record OnnxValue(string Name, int Type, IReadOnlyList<long?> Sides)
{
    public const int Float = 1;

    public override string ToString() => $"'{Name}' [{string.Join(", ", Sides.Select(side => side is { } known ? $"{known}" : "any"))}]";
}

/// <summary>
/// A model file as it stands, its sizes checked against its bytes. Field numbers are those of onnx.proto3 (github.com/onnx/onnx), as in
/// <see cref="OnnxFile"/>, which writes them.
/// </summary>
internal sealed record OnnxModel(
    IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, StoredTensor> Tensors, IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs)
{
    // From here on values are spread over each other as they are today.
    private const long FirstOperatorSet = 7;

    // No list of an operation that is read has nearly as many.
    private const int MostNumbers = 64;

    /// <exception cref="InvalidDataException">The bytes are no model.</exception>
    public static OnnxModel Of(ReadOnlyMemory<byte> file)
    {
        var (graph, set) = (default(ReadOnlyMemory<byte>?), 0L);
        foreach (var field in WireField.Of(file))
        {
            if (field is { Number: 7, Kind: WireKind.Delimited }) graph = field.Bytes;
            if (field is { Number: 8, Kind: WireKind.Delimited } && Set(field.Bytes) is { Domain: "" or "ai.onnx" } own) set = own.Version;
        }

        if (graph is null) throw new InvalidDataException("there is no graph in it, so that it is no ONNX model");
        return set >= FirstOperatorSet ? Graph(graph.Value)
            : throw new InvalidDataException($"its operators are those of set {set}; allowed: {FirstOperatorSet} and later");
    }

    private static (string Domain, long Version) Set(ReadOnlyMemory<byte> message)
    {
        var (domain, version) = ("", 0L);
        foreach (var field in WireField.Of(message))
        {
            if (field.Number == 1) domain = field.Text();
            if (field.Number == 2) version = (long)field.Value;
        }

        return (domain, version);
    }

    private static OnnxModel Graph(ReadOnlyMemory<byte> message)
    {
        var (nodes, tensors) = (new List<OnnxNode>(), new Dictionary<string, StoredTensor>(StringComparer.Ordinal));
        var (inputs, outputs) = (new List<OnnxValue>(), new List<OnnxValue>());
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: nodes.Add(Node(field.Bytes)); break;
                case 5 when StoredTensor.Of(field.Bytes) is var tensor:
                    if (!tensors.TryAdd(tensor.Name, tensor)) throw new InvalidDataException($"there are two tensors '{tensor.Name}'");
                    break;
                case 11: inputs.Add(Value(field.Bytes)); break;
                case 12: outputs.Add(Value(field.Bytes)); break;
                case 15: throw new InvalidDataException("it has sparse tensors, which are not read");
                default: break;
            }
        }

        // Older files list their weights among the inputs.
        return new OnnxModel(nodes, tensors, [.. inputs.Where(input => !tensors.ContainsKey(input.Name))], outputs);
    }

    private static OnnxNode Node(ReadOnlyMemory<byte> message)
    {
        var (inputs, outputs, attributes) = (new List<string>(), new List<string>(), new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal));
        var (name, kind, domain) = ("", "", "");
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: inputs.Add(field.Text()); break;
                case 2: outputs.Add(field.Text()); break;
                case 3: name = field.Text(); break;
                case 4: kind = field.Text(); break;
                case 5 when Attribute(field.Bytes) is var (key, attribute): attributes[key] = attribute; break;
                case 7: domain = field.Text(); break;
                default: break;
            }
        }

        return new OnnxNode(kind, domain, name, inputs, outputs, attributes);
    }

    private static (string Name, OnnxAttribute Attribute) Attribute(ReadOnlyMemory<byte> message)
    {
        var (name, attribute) = ("", new OnnxAttribute(0, 0, "", [], [], null));
        var (wholes, reals) = (new List<long>(), new List<float>());
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: name = field.Text(); break;
                case 2: attribute = attribute with { Real = field.Real() }; break;
                case 3: attribute = attribute with { Whole = (long)field.Value }; break;
                case 4: attribute = attribute with { Text = field.Text() }; break;
                case 5: attribute = attribute with { Tensor = StoredTensor.Of(field.Bytes) }; break;
                case 7 when field.Kind == WireKind.Bits32: reals.Add(field.Real()); break;
                case 8: wholes.AddRange(field.Wholes().Take(MostNumbers)); break;
                default: break;
            }
        }

        return (name, attribute with { Wholes = wholes, Reals = reals });
    }

    private static OnnxValue Value(ReadOnlyMemory<byte> message)
    {
        var (name, type, sides) = ("", 0, new List<long?>());
        foreach (var field in WireField.Of(message))
        {
            if (field.Number == 1) name = field.Text();
            if (field.Number != 2) continue;
            foreach (var tensor in WireField.Of(field.Bytes).Where(inner => inner.Number == 1).SelectMany(inner => WireField.Of(inner.Bytes)))
            {
                if (tensor.Number == 1) type = (int)tensor.Value;
                if (tensor.Number == 2) sides.AddRange(WireField.Of(tensor.Bytes).Where(side => side.Number == 1).Select(Side));
            }
        }

        return new OnnxValue(name, type, sides);
    }

    private static long? Side(WireField side)
    {
        var known = WireField.Of(side.Bytes).Where(field => field is { Number: 1, Kind: WireKind.Varint }).Select(field => (long?)field.Value).LastOrDefault();
        return known > 0 ? known : null;
    }
}
