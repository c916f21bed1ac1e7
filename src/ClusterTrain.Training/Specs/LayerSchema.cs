using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>Layers as users write them, <c>{ type: dense, units: 256 }</c>: names and keys come from the catalogue and its records.</summary>
internal static class LayerSchema
{
    /// <summary>Key that names the kind of layer.</summary>
    public const string Discriminator = "type";

    /// <summary>A list of layers: what the value of a key may be.</summary>
    public static readonly Type List = typeof(IReadOnlyList<LayerDefinition>);

    public static IReadOnlyList<LayerType> All => LayerCatalogue.All.All;

    public static string NameOf(LayerDefinition layer) => LayerCatalogue.Of(layer).Name;

    public static IReadOnlyList<SpecField> FieldsOf(LayerType type) => SpecSchema.FieldsOf(type.Type);

    /// <summary>Every layer of a spec, those inside others too, with its path: <c>network.layers[3].main[0]</c>.</summary>
    public static IEnumerable<(string Path, LayerDefinition Layer)> Walk(IReadOnlyList<LayerDefinition> layers, string path = "network.layers") =>
        layers.Index().SelectMany(item => Inside(item.Item, SpecPath.Item(path, item.Index)));

    /// <summary>The path of a layer in a spec, from its place as parameters are named: <c>3.main.0</c>.</summary>
    public static string PathOf(string place) => place.Split('.').Aggregate("network.layers", (path, part) =>
        int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index)
            ? SpecPath.Item(path, index) : SpecPath.Child(path, part));

    private static IEnumerable<(string, LayerDefinition)> Inside(LayerDefinition layer, string path) =>
        layer.Branches.SelectMany(branch => Walk(branch.Layers, SpecPath.Child(path, branch.Name))).Prepend((path, layer));
}
