using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A kind of layer as users write it: <c>{ type: dense, units: 256 }</c>. Its options are the properties of its record that
/// carry an <see cref="OptionAttribute"/>.
/// </summary>
/// <param name="Name">As in a spec.</param>
/// <param name="Type">Record of its options, made without arguments.</param>
/// <param name="Meaning">One sentence without its full stop.</param>
public sealed record LayerType(string Name, Type Type, string Meaning)
{
    /// <summary>The kind whose options are a record, by the record's own name.</summary>
    public static LayerType Of<T>(string meaning)
        where T : LayerDefinition, new() => new(NameOf(typeof(T)), typeof(T), meaning);

    /// <summary>The name of a kind whose options are a record: <c>dense</c> of <c>DenseLayer</c>.</summary>
    public static string NameOf(Type type)
    {
        const string Ending = "Layer";
        var name = type.Name.EndsWith(Ending, StringComparison.Ordinal) ? type.Name[..^Ending.Length] : type.Name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>A layer of this kind with its default options.</summary>
    public LayerDefinition Create() => (LayerDefinition)Activator.CreateInstance(Type)!;
}
