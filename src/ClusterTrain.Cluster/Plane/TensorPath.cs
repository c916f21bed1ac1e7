using System.Globalization;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// A tensor's name as a path: <c>RUN/INCARNATION/KIND/VERSION/STEP/FIRST/COUNT</c>, such as <c>mnist/2/gradient/14/14/0/4</c>.
/// One name has one path.
/// </summary>
public static class TensorPath
{
    /// <summary>Where tensors are under the plane's address.</summary>
    public const string Root = "tensors/";

    /// <summary>Longest path that is looked at, in characters.</summary>
    public const int MostCharacters = 1024;

    private const string Shape = "RUN/INCARNATION/KIND/VERSION/STEP/FIRST/COUNT";
    private static readonly string[] Kinds = ["parameters", "gradient", "batch", "addend"];

    /// <summary>Relative to the plane's address, escaped.</summary>
    public static string Of(TensorName name) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Root}{Uri.EscapeDataString(name.Run)}/{name.Incarnation}/{Kinds[(int)name.Kind]}/{name.Version}/{name.Step}/{name.First}/{name.Count}");

    /// <summary>The name that a path behind <see cref="Root"/> means, unescaped already, or a line on what is wrong with it.</summary>
    public static (TensorName? Name, string? Wrong) Parse(string path)
    {
        if (path.Length > MostCharacters) return Bad($"it has {path.Length} characters; allowed are {MostCharacters}");
        var parts = path.Split('/');
        if (parts.Length != 7) return Bad($"it has {parts.Length} parts; allowed is {Shape}");
        if (parts[0].Length == 0) return Bad($"the run is empty; allowed is {Shape}");
        var kind = Array.IndexOf(Kinds, parts[2]);
        if (kind < 0) return Bad($"there is no kind \"{parts[2]}\"; allowed: {string.Join(", ", Kinds)}");
        string? wrong = null;
        var incarnation = Whole("incarnation", parts[1], 0, int.MaxValue, ref wrong);
        var version = Whole("version", parts[3], 0, long.MaxValue, ref wrong);
        var step = Whole("step", parts[4], -1, long.MaxValue, ref wrong);
        var first = Whole("first", parts[5], -1, int.MaxValue, ref wrong);
        var count = Whole("count", parts[6], 0, int.MaxValue, ref wrong);
        return wrong is null
            ? (new TensorName(parts[0], (int)incarnation, (TensorKind)kind, version, step, (int)first, (int)count), null)
            : Bad(wrong);
    }

    // Digits alone, and no needless zero: else one tensor would have many paths.
    private static long Whole(string what, string text, long least, long most, ref string? wrong)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most && value.ToString(CultureInfo.InvariantCulture) == text)
            return value;
        wrong ??= $"{what} is \"{text}\"; allowed is a whole number from {least} to {most}";
        return 0;
    }

    private static (TensorName?, string?) Bad(string why) => (null, $"malformed tensor name: {why}");
}
