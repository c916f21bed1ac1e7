using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>The four files of a data set folder, as MNIST named them. Each may end in <c>.gz</c> instead.</summary>
public static class IdxFileNames
{
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";

    public static readonly IReadOnlyList<string> All = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>
    /// Where a file of a folder is, raw or <c>.gz</c>, or null. Images of several channels may say <c>idx4</c> in their name, as
    /// the format's habit is.
    /// </summary>
    public static string? Locate(string folder, string name) => StoredFile.Locate(folder, name)
        ?? StoredFile.Locate(folder, name.Replace("images-idx3", "images-idx4", StringComparison.Ordinal));
}
