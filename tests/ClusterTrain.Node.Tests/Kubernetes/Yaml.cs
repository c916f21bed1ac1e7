using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>Looks into YAML by paths of names: <c>spec.template.spec</c>. What is missing is null, or empty.</summary>
internal static class Yaml
{
    public static IReadOnlyList<YamlMappingNode> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    public static YamlNode? At(this YamlNode? node, string path)
    {
        foreach (var name in path.Split('.'))
            node = node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;
        return node;
    }

    public static string? Text(this YamlNode? node, string path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> List(this YamlNode? node, string path) => node.At(path) is YamlSequenceNode list ? list.Children : [];

    public static IReadOnlyDictionary<string, string> Map(this YamlNode? node, string path) => node.At(path) is YamlMappingNode map
        ? map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => (pair.Value as YamlScalarNode)?.Value ?? "", StringComparer.Ordinal)
        : new Dictionary<string, string>();

    /// <summary>How errors name an object.</summary>
    public static string Title(this YamlNode node) => $"{node.Text("kind")}/{node.Text("metadata.name")}";
}
