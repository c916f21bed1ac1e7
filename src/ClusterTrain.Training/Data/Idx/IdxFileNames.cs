namespace ClusterTrain.Training.Data;

/// <summary>The four files of a data set folder, as MNIST named them. Each may end in <c>.gz</c> instead.</summary>
public static class IdxFileNames
{
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";

    public static readonly IReadOnlyList<string> All = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>
    /// The path of <paramref name="name"/> in <paramref name="folder"/>: the raw file, else the <c>.gz</c>, else null.
    /// The raw one wins when both exist, being faster to read; checksums are over decoded content and hold for both.
    /// </summary>
    public static string? Locate(string folder, string name)
    {
        var raw = Path.Combine(folder, name);
        if (File.Exists(raw)) return raw;
        return File.Exists(raw + ".gz") ? raw + ".gz" : null;
    }
}
