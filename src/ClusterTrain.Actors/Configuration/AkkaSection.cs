using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Configuration;

/// <summary>
/// Whether the values of a user's <c>akka</c> section are of the kinds that Akka reads there: it takes any text as whole, and fails, or
/// waits without end, when it first needs a number. What kind is wanted is told by the value that it has without the user.
/// </summary>
internal static partial class AkkaSection
{
    private const string Section = "akka";
    // What kind a value is of depends on no setting of the node.
    private static readonly Lazy<Config> Program = new(() => NodeConfig.Of(new NodeSettings { Roles = [NodeSettings.Server], Seeds = [] }, Config.Empty));

    private static readonly string[] Words = ["on", "off", "true", "false", "yes", "no", "infinite", "undefined", "unlimited"];

    /// <summary>A line for each value that is of another kind, with what is allowed.</summary>
    /// <param name="user">The user's file.</param>
    public static IEnumerable<string> Problems(Config user) =>
        user.HasPath(Section) ? Problems(Section, user.GetValue(Section), Program.Value) : [];

    private static IEnumerable<string> Problems(string path, HoconValue value, Config program)
    {
        if (value.IsObject())
        {
            // A name of the user's own may have characters that a path cannot.
            foreach (var (key, child) in value.GetObject().Items.Where(item => Name().IsMatch(item.Key)))
                foreach (var problem in Problems($"{path}.{key}", child, program)) yield return problem;
            if (program.HasPath(path) && !program.GetValue(path).IsObject()) yield return $"{path}: a section is not allowed; allowed: a value";
            yield break;
        }

        if (!program.HasPath(path) || program.GetValue(path) is not { } known) yield break;
        if (known.IsObject()) yield return $"{path}: is a value; allowed: a section, in braces";
        else if (known.IsArray() != value.IsArray()) yield return known.IsArray() ? $"{path}: is a value; allowed: a list, in brackets" : $"{path}: is a list; allowed: a value";
        else if (!known.IsArray() && IsMeasure(known.GetString()) && !IsMeasure(value.GetString()))
            yield return $"{path}: {value.GetString()} is not allowed; allowed: a number, a time, a size or on and off, such as {known.GetString()}";
    }

    private static bool IsMeasure(string? text) => text is not null && (Words.Contains(text, StringComparer.OrdinalIgnoreCase) || Measure().IsMatch(text));

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(
        "^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)? *(ns|nano|nanos|nanosecond|nanoseconds|us|micro|micros|microsecond|microseconds|ms|milli|millis|millisecond|milliseconds|s|second|seconds"
        + "|m|minute|minutes|h|hour|hours|d|day|days|b|B|byte|bytes|k|kb|kB|KiB|K|m|mb|MB|MiB|M|g|gb|GB|GiB|G|f)?$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Measure();
}
