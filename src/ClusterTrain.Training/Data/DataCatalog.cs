namespace ClusterTrain.Training.Data;

/// <summary>A file of a known data set.</summary>
/// <param name="Name">As in <see cref="IdxFileNames"/>, without <c>.gz</c>.</param>
/// <param name="Bytes">Decoded length, header included.</param>
/// <param name="Sha256">Of the decoded content, lower-case hex.</param>
public sealed record KnownFile(string Name, long Bytes, string Sha256);

/// <summary>A data set whose files are known to the byte.</summary>
/// <param name="Mirror">Where the files lie, each as its name and <c>.gz</c>; ends in a slash.</param>
public sealed record KnownDataset(
    string Name, int TrainRows, int TestRows, int Height, int Width, int Classes, Uri Mirror,
    IReadOnlyList<KnownFile> Files);

/// <summary>What the program knows of data sets: those with checksums, and how to describe what lies on this machine.</summary>
public static class DataCatalog
{
    private const long TrainImageBytes = 16 + (60_000L * 28 * 28);
    private const long TestImageBytes = 16 + (10_000L * 28 * 28);
    private const long TrainLabelBytes = 8 + 60_000;
    private const long TestLabelBytes = 8 + 10_000;

    /// <summary>In the order of listings.</summary>
    public static readonly IReadOnlyList<KnownDataset> Known =
    [
        MnistLike(
            "mnist",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        MnistLike(
            "fashion-mnist",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    /// <summary>Names that a spec may use without a folder of the user's own.</summary>
    public static IReadOnlyList<string> Names => [Glyphs.Name, .. Known.Select(known => known.Name)];

    /// <summary>The known data set of that name, or null.</summary>
    public static KnownDataset? Find(string name) =>
        Known.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal));

    /// <summary>Whether a name can be a data set at all: one folder name, which leads out of no data folder.</summary>
    public static bool IsFolderName(string name) =>
        name.Trim('.').Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static KnownDataset MnistLike(
        string name, string mirror, string trainImages, string trainLabels, string testImages, string testLabels) =>
        new(name, 60_000, 10_000, 28, 28, 10, new Uri(mirror),
        [
            new KnownFile(IdxFileNames.TrainImages, TrainImageBytes, trainImages),
            new KnownFile(IdxFileNames.TrainLabels, TrainLabelBytes, trainLabels),
            new KnownFile(IdxFileNames.TestImages, TestImageBytes, testImages),
            new KnownFile(IdxFileNames.TestLabels, TestLabelBytes, testLabels),
        ]);
}
