using System.Text.RegularExpressions;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>The four files of a data set folder, as MNIST named them. Each may end in <c>.gz</c> too.</summary>
public static partial class IdxFileNames
{
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";

    public static readonly IReadOnlyList<string> All = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>
    /// Where a file of a folder is, raw or <c>.gz</c>, or null. Names may have a dot before <c>idx</c>, as unpackers write it, and
    /// the rank and the element type of what is in them: <c>train-images.idx4-float</c>.
    /// </summary>
    public static string? Locate(string folder, string name)
    {
        if (StoredFile.Locate(folder, name) is { } usual) return usual;
        var (stem, tail) = (name.Split("-idx")[0], Tail());
        return !Directory.Exists(folder) ? null : Directory.EnumerateFiles(folder, stem + "*")
            .Where(path => tail.IsMatch(Path.GetFileName(path).AsSpan(stem.Length)))
            .OrderBy(path => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)).ThenBy(path => path, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    [GeneratedRegex(@"^[-.]idx(\d?-?(ubyte|byte|sbyte|short|int|float|double)?)(\.gz)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tail();
}
