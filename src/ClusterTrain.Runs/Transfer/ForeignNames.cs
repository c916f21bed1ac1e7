using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Runs.Transfer;

/// <summary>
/// The tensors of a file under the names that they have here. Files of PyTorch have <c>module.</c> in front of every name where the
/// model was wrapped, and counters beside batch statistics; Keras calls a weight <c>kernel</c>.
/// </summary>
internal sealed class ForeignNames
{
    private const string Counter = "num_batches_tracked";

    private static readonly string[] Wrappers = ["module.", "_orig_mod.", "model."];

    private static readonly Dictionary<string, string> KerasParts = new(StringComparer.Ordinal)
    {
        ["kernel"] = "weight",
        ["gamma"] = "weight",
        ["beta"] = "bias",
        ["moving_mean"] = "running_mean",
        ["moving_variance"] = "running_var",
    };

    private readonly Dictionary<string, ForeignTensor> _tensors;

    private ForeignNames(Dictionary<string, ForeignTensor> tensors) => _tensors = tensors;

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public ForeignTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <param name="isTransposed">Whether weights lie as Keras has them.</param>
    public static ForeignNames Of(SafetensorsFile file, bool isTransposed)
    {
        var named = file.Tensors.Where(tensor => !tensor.Name.EndsWith(Counter, StringComparison.Ordinal))
            .Select(tensor => (tensor.Name, Tensor: new ForeignTensor(tensor, isTransposed))).ToList();
        foreach (var wrapper in Wrappers)
            if (named.All(one => one.Name.StartsWith(wrapper, StringComparison.Ordinal)))
                named = [.. named.Select(one => (one.Name[wrapper.Length..], one.Tensor))];
        var tensors = new Dictionary<string, ForeignTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in named) tensors.TryAdd(isTransposed ? InTheseWords(name) : name, tensor);
        return new ForeignNames(tensors);
    }

    private static string InTheseWords(string name)
    {
        var dot = name.LastIndexOf('.') + 1;
        return KerasParts.TryGetValue(name[dot..], out var part) ? name[..dot] + part : name;
    }
}

/// <summary>A tensor of a file as it is wanted here: single precision, outputs before inputs.</summary>
/// <param name="stored">As it lies in the file.</param>
/// <param name="isTransposed">Whether dense weights are [in, out], and convolutions [height, width, in, out].</param>
internal sealed class ForeignTensor(NamedTensor stored, bool isTransposed)
{
    private bool Turns => isTransposed && stored.Shape.Count is 2 or 4;

    public IReadOnlyList<int> Shape => !Turns ? stored.Shape
        : stored.Shape.Count == 2 ? [stored.Shape[1], stored.Shape[0]]
        : [stored.Shape[3], stored.Shape[2], stored.Shape[0], stored.Shape[1]];

    /// <summary>Why it cannot be loaded, as a clause; null when it can.</summary>
    public string? Unfit()
    {
        if (Floats() is not { } values) return $"has elements of type {stored.Type} (allowed: F32, F64, F16, BF16)";
        var wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? null : $"has {(float.IsNaN(values[wrong]) ? "NaN" : "a number that is not finite")} at element {wrong}";
    }

    /// <summary>Row-major in its <see cref="Shape"/>.</summary>
    public float[] Values()
    {
        var values = Floats()!;
        if (!Turns) return values;
        var turned = new float[values.Length];
        var (outputs, inputs) = (Shape[0], Shape[1]);
        var area = values.Length / (outputs * inputs);
        for (var place = 0; place < area; place++)
            for (var input = 0; input < inputs; input++)
                for (var output = 0; output < outputs; output++)
                    turned[(((output * inputs) + input) * area) + place] = values[(((place * inputs) + input) * outputs) + output];
        return turned;
    }

    private float[]? Floats() => stored switch
    {
        NamedTensor<float> same => same.Data.ToArray(),
        NamedTensor<double> wide => [.. wide.Data.ToArray().Select(value => (float)value)],
        NamedTensor<Half> half => [.. half.Data.ToArray().Select(value => (float)value)],
        NamedTensor<BFloat16> half => [.. half.Data.ToArray().Select(value => value.ToSingle())],
        _ => null,
    };
}
