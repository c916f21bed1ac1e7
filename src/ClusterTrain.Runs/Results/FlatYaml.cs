using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Runs.Results;

/// <summary>A YAML document as paths and their values, <c>network.layers[1].units</c>.</summary>
internal static class FlatYaml
{
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        if (stream.Documents.Count > 0) Walk("", stream.Documents[0].RootNode, flat);
        return flat;
    }

    private static void Walk(string path, YamlNode node, Dictionary<string, string> flat)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                    Walk(path.Length == 0 ? $"{key}" : $"{path}.{key}", value, flat);
                break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++) Walk($"{path}[{i}]", sequence.Children[i], flat);
                break;
            default:
                flat[path] = $"{node}";
                break;
        }
    }
}
