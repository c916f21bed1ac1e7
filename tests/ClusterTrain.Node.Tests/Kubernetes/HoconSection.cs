using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>
/// Keys and values of the section of ours in a node's file, read line by line: enough for files that are written a key to a
/// line, and comments are read as well, which Akka.NET's parser leaves out.
/// </summary>
internal static class HoconSection
{
    private static readonly char[] KeyEnds = ['=', '{'];

    public static Dictionary<string, string> Values(string text) => Lines(text).GroupBy(pair => pair.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);

    public static IEnumerable<string> Problems(string text) => Lines(text).Select(pair => pair.Key)
        .Where(key => !NodeKeys.OfSection.Contains(key)).Select(key => $"there is no key {key}{NearestName.Hint(key, NodeKeys.OfSection)}");

    /// <summary>The comment above a key, in use or commented out, up to the empty line before it.</summary>
    public static string CommentOf(string text, string key)
    {
        List<string> above = [];
        foreach (var line in Inside(text))
        {
            if (IsKey(line.TrimStart('#', ' '), key)) return string.Join(' ', above);
            if (line.StartsWith('#')) above.Add(line);
            else above.Clear();
        }

        return "";
    }

    /// <summary>Keys that the file names, in use or commented out.</summary>
    public static IEnumerable<string> Mentioned(string text) => Inside(text).Select(line => line.TrimStart('#', ' '))
        .Where(line => NodeKeys.OfSection.Any(key => IsKey(line, key))).Select(line => line.Split(' ')[0]);

    private static bool IsKey(string line, string key) => line.StartsWith($"{key} =", StringComparison.Ordinal) || line.StartsWith($"{key} {{", StringComparison.Ordinal);

    private static IEnumerable<KeyValuePair<string, string>> Lines(string text) => Inside(text)
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => line.Split(KeyEnds, 2, StringSplitOptions.TrimEntries))
        .Select(parts => KeyValuePair.Create(parts[0], parts.Length > 1 ? parts[1].Trim('"') : ""));

    private static IEnumerable<string> Inside(string text) => text.Split('\n').Select(line => line.Trim())
        .SkipWhile(line => line != $"{NodeKeys.Section} {{").Skip(1).TakeWhile(line => line != "}");
}
