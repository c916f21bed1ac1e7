using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterTrain.Training.Specs;

/// <summary>Paths of keys: <c>network.layers[2].rate</c>.</summary>
internal static partial class SpecPath
{
    public static string Child(string path, string key) => path.Length == 0 ? key : path + "." + key;

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>The path one level up; empty for a key of the root.</summary>
    public static string Parent(string path) => path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];

    /// <summary>The path with every index left out, so that one pattern names a key of all entries.</summary>
    public static string Pattern(string path) => Index().Replace(path, "[]");

    /// <summary>Whether one path is the other or lies above it.</summary>
    public static bool Touch(string a, string b) => a == b || IsAbove(a, b) || IsAbove(b, a);

    private static bool IsAbove(string upper, string lower) =>
        lower.Length > upper.Length
        && lower.StartsWith(upper, StringComparison.Ordinal)
        && (upper.Length == 0 || lower[upper.Length] is '.' or '[');

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
