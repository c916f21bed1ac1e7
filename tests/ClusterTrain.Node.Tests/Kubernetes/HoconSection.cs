using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>
/// Keys and values of the section of ours in a node's file, read line by line: enough for files that are written a key to a
/// line, and without Akka.NET, whose parser is not everywhere.
/// </summary>
internal static class HoconSection
{
    public static Dictionary<string, string> Values(string text) => Lines(text)
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    public static IEnumerable<string> Problems(string text) => Lines(text).Select(pair => pair.Key)
        .Where(key => !NodeKeys.OfSection.Contains(key)).Select(key => $"there is no key {key}{NearestName.Hint(key, NodeKeys.OfSection)}");

    /// <summary>Keys that the file names, in use or commented out.</summary>
    public static IEnumerable<string> Mentioned(string text) => Inside(text).Select(line => line.TrimStart('#', ' '))
        .Where(line => NodeKeys.OfSection.Any(key => line.StartsWith($"{key} ", StringComparison.Ordinal))).Select(line => line.Split(' ')[0]);

    private static IEnumerable<KeyValuePair<string, string>> Lines(string text) => Inside(text)
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
        .Select(parts => KeyValuePair.Create(parts[0], parts.Length > 1 ? parts[1].Trim('"') : ""));

    private static IEnumerable<string> Inside(string text) => text.Split('\n').Select(line => line.Trim())
        .SkipWhile(line => line != $"{NodeKeys.Section} {{").Skip(1).TakeWhile(line => line != "}");
}
