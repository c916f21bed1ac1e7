using System.Globalization;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Export;

/// <summary>
/// A model's weights for other programs: tensors named as in checkpoints (<c>0.weight</c> is [out, in] or [out, in,
/// kernel, kernel]; <c>0.bias</c> is [out]), without the optimizer, and what they are as text in the metadata.
/// </summary>
public static class SafetensorsExport
{
    /// <param name="spec">Of the run that made the state.</param>
    /// <param name="input">Shape of one example.</param>
    /// <param name="scaling">What was done to the values of the data set; null for nothing.</param>
    /// <exception cref="FileFailureException">The file cannot be written.</exception>
    public static void Write(string path, RunSpec spec, IReadOnlyList<int> input, ModelState state, DataScaling? scaling = null) => AtomicFile.Write(
        path, stream => SafetensorsWriter.Write(stream, Metadata(spec, input, state, scaling), StateTensors.OfModel(state)));

    private static Dictionary<string, string> Metadata(
        RunSpec spec, IReadOnlyList<int> input, ModelState state, DataScaling? scaling)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "pt", // What readers ask for before they take row-major weights as [out, in].
            ["run"] = spec.Name,
            ["spec"] = SpecHash.Of(spec),
            ["step"] = state.Version.ToString(CultureInfo.InvariantCulture),
            ["layers"] = string.Join("; ", spec.Network.Layers.Select(LayerText)),
            ["input"] = $"[{string.Join(", ", input)}], {(input.Count == 3 ? "pixels in 0 to 1" : "numbers")}",
            ["classes"] = state.Network.Outputs.ToString(CultureInfo.InvariantCulture),
        };
        return scaling is null ? metadata : metadata.Concat(ScalingText.Of(scaling)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>As in a spec, without the braces: <c>type: dense, units: 256</c>.</summary>
    private static string LayerText(LayerDefinition layer)
    {
        var type = LayerCatalogue.Of(layer);
        return string.Join(", ", LayerSchema.FieldsOf(type)
            .Select(field => $"{field.Name}: {ValueText(field, field.Property.GetValue(layer)!)}")
            .Prepend($"{LayerSchema.Discriminator}: {type.Name}"));
    }

    private static string ValueText(SpecField field, object value) => value is IReadOnlyList<LayerDefinition> layers
        ? $"[{string.Join("; ", layers.Select(LayerText))}]" : SpecWriter.WriteScalarOrList(field, value);
}
