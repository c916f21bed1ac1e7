using System.Globalization;
using ClusterTrain.Training.Specs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>Every field is one that the API knows: kubectl renders a misspelt one, and the API server may drop it.</summary>
internal static class FieldChecks
{
    private static readonly YamlMappingNode Types =
        Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Root, "tests/ClusterTrain.Node.Tests/Kubernetes/fields.yaml")))[0];

    // kubectl renders 8 or true without quotes for what the API takes as a string alone, and the API server then refuses it.
    private static readonly Dictionary<string, (string Wanted, Func<YamlScalarNode, bool> Fits)> Plain = new(StringComparer.Ordinal)
    {
        ["text"] = ("a plain value", _ => true),
        ["number"] = ("a whole number", scalar => IsBare(scalar) && IsNumber(scalar.Value)),
        ["flag"] = ("true or false", scalar => IsBare(scalar) && scalar.Value is ("true" or "false")),
        ["string"] = ("a value in quotes", scalar => !IsBare(scalar) || !(IsNumber(scalar.Value) || scalar.Value is "true" or "false" or "null" or "")),
    };

    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects)
    {
        foreach (var item in objects)
        {
            var kind = item.Text("kind") ?? "";
            if (Types.At(kind) is null) yield return $"{item.Title()}: kind {kind} is not known here";
            else foreach (var problem in Problems(item, kind, item.Title())) yield return problem;
        }
    }

    private static IEnumerable<string> Problems(YamlNode node, string type, string path)
    {
        if (Plain.TryGetValue(type, out var plain))
            return node is YamlScalarNode scalar && plain.Fits(scalar) ? [] : [$"{path}: {plain.Wanted} is wanted"];
        if (type.StartsWith('<'))
            return node is YamlMappingNode map ? map.Children.SelectMany(pair => Problems(pair.Value, type[1..^1], $"{path}.{pair.Key}")) : [$"{path}: names and values are wanted"];
        return node is YamlMappingNode fields
            ? fields.Children.SelectMany(field => Problems(field.Value, type, $"{field.Key}", path))
            : [$"{path}: fields are wanted: {string.Join(", ", Types.Map(type).Keys)}"];
    }

    private static bool IsBare(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain;

    private static bool IsNumber(string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<string> Problems(YamlNode value, string type, string name, string path)
    {
        var known = Types.At(type) as YamlMappingNode ?? throw new InvalidOperationException($"fields.yaml has no {type}");
        if (!known.Children.TryGetValue(new YamlScalarNode(name), out var wanted))
        {
            string[] names = [.. known.Children.Keys.Select(key => $"{key}")];
            return [$"{path}.{name}: no such field{NearestName.Hint(name, names)}"];
        }

        if (wanted is not YamlSequenceNode list) return Problems(value, $"{wanted}", $"{path}.{name}");
        return value is YamlSequenceNode items
            ? items.Children.SelectMany((item, index) => Problems(item, $"{list.Children[0]}", $"{path}.{name}[{index}]"))
            : [$"{path}.{name}: a list is wanted"];
    }
}
