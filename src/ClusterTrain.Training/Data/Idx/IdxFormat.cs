using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>
/// Four IDX files, as MNIST has them. A known data set must match its checksums. Any other may have any channels and side
/// lengths, or be a table; its classes are the different labels of its training file.
/// </summary>
internal sealed class IdxFormat : IDataFormat
{
    public string Name => "IDX";

    public string Files => $"{string.Join(", ", IdxFileNames.All)}, each raw or .gz";

    public IReadOnlyList<KnownDataset> Known { get; } =
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

    public bool Recognizes(string folder) => Missing(folder).Length < IdxFileNames.All.Count;

    public DatasetSource Read(string folder, KnownDataset? known)
    {
        var paths = IdxFileNames.All.Select(file => IdxFileNames.Locate(folder, file)).ToArray();
        if (Missing(folder) is { Length: > 0 } missing)
        {
            throw new DataException(
                $"{folder}: missing {string.Join(", ", missing)} (each raw or .gz)" + (known is null ? "" : $"; {known.FetchHint}"));
        }

        var arrays = new IdxArray?[paths.Length];
        var problems = new string?[paths.Length];
        Parallel.For(0, paths.Length, i =>
        {
            try
            {
                arrays[i] = i % 2 == 0 ? IdxReader.ReadImages(paths[i]!) : IdxReader.ReadLabels(paths[i]!);
                problems[i] = ChecksumProblem(arrays[i]!, known?.Files[i]);
            }
            catch (DataException damaged)
            {
                problems[i] = damaged.Message;
            }
        });
        Report([.. problems.OfType<string>()]);
        return FoundRows.Combine(Found(arrays[0]!, arrays[1]!), Found(arrays[2]!, arrays[3]!));
    }

    // Headers only: content is checked when it is read.
    public DatasetSize Measure(string folder, KnownDataset? known)
    {
        if (Missing(folder) is { Length: > 0 } missing) throw new DataException($"missing {string.Join(", ", missing)}");
        if (known is not null) return new DatasetSize(known.TrainRows, known.TestRows, known.InputShape, known.Classes);
        var train = IdxReader.ReadImageSizes(IdxFileNames.Locate(folder, IdxFileNames.TrainImages)!);
        var test = IdxReader.ReadImageSizes(IdxFileNames.Locate(folder, IdxFileNames.TestImages)!);
        return new DatasetSize(train[0], test[0], FoundRows.ShapeOf([.. train.Skip(1)]), Classes: null);
    }

    private static string[] Missing(string folder) =>
        [.. IdxFileNames.All.Where(file => IdxFileNames.Locate(folder, file) is null)];

    private static string? ChecksumProblem(IdxArray array, KnownFile? known) =>
        known is null || known.Sha256 == array.Sha256
            ? null
            : $"{array.Path}: not the known file: SHA-256 of its decoded content is {array.Sha256}, {known.Sha256} expected; "
                + "put data of your own under another name";

    private static FoundRows Found(IdxArray images, IdxArray labels) =>
        new(images.Values, new FoundLabels(labels.Path, Texts: null, labels.Values.ToDoubles()));

    private static void Report(List<string> problems)
    {
        if (problems.Count > 0) throw new DataException(problems);
    }

    private static KnownDataset MnistLike(
        string name, string mirror, string trainImages, string trainLabels, string testImages, string testLabels)
    {
        const long pixels = 28 * 28;
        return new KnownDataset(name, 60_000, 10_000, [1, 28, 28], 10, new Uri(mirror),
        [
            new KnownFile(IdxFileNames.TrainImages, 16 + (60_000 * pixels), trainImages),
            new KnownFile(IdxFileNames.TrainLabels, 8 + 60_000, trainLabels),
            new KnownFile(IdxFileNames.TestImages, 16 + (10_000 * pixels), testImages),
            new KnownFile(IdxFileNames.TestLabels, 8 + 10_000, testLabels),
        ]);
    }
}
