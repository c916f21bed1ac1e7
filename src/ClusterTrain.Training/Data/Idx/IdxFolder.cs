namespace ClusterTrain.Training.Data;

/// <summary>
/// Reads a data set folder of four IDX files. A known data set must match its checksums. Any other may have any side
/// lengths; its classes are one more than the largest label of its training file.
/// </summary>
internal static class IdxFolder
{
    /// <exception cref="DataException">All problems of all files together.</exception>
    public static DatasetSource Read(string name, string folder)
    {
        var paths = IdxFileNames.All.Select(file => (File: file, Path: IdxFileNames.Locate(folder, file))).ToArray();
        var missing = paths.Where(found => found.Path is null).Select(found => found.File).ToArray();
        if (missing.Length > 0)
            throw new DataException($"{folder}: missing {string.Join(", ", missing)} (each raw or .gz){FetchHint(name)}");
        var known = DataCatalog.Find(name);
        var arrays = new IdxArray?[paths.Length];
        var problems = new string?[paths.Length];
        Parallel.For(0, paths.Length, i =>
        {
            try
            {
                arrays[i] = i % 2 == 0 ? IdxReader.ReadImages(paths[i].Path!) : IdxReader.ReadLabels(paths[i].Path!);
                problems[i] = ChecksumProblem(arrays[i]!, known?.Files[i]);
            }
            catch (DataException damaged)
            {
                problems[i] = damaged.Message;
            }
        });
        Report([.. problems.OfType<string>()]);
        return Combine(arrays[0]!, arrays[1]!, arrays[2]!, arrays[3]!, known);
    }

    /// <summary>How to get a known data set, as the tail of a message; empty for others.</summary>
    public static string FetchHint(string name) =>
        DataCatalog.Find(name) is null ? "" : $"; get it with 'clustertrain data fetch {name}'";

    private static string? ChecksumProblem(IdxArray array, KnownFile? known) =>
        known is null || known.Sha256 == array.Sha256
            ? null
            : $"{array.Path}: not the known file: SHA-256 of its decoded content is {array.Sha256}, {known.Sha256} expected; "
                + "put data of your own under another name";

    private static DatasetSource Combine(
        IdxArray trainImages, IdxArray trainLabels, IdxArray testImages, IdxArray testLabels, KnownDataset? known)
    {
        var (height, width) = (trainImages.Sizes[1], trainImages.Sizes[2]);
        var classes = known?.Classes ?? trainLabels.Bytes.Max() + 1;
        var problems = new List<string>();
        if (testImages.Sizes[1] != height || testImages.Sizes[2] != width)
        {
            problems.Add(
                $"{testImages.Path}: images of {testImages.Sizes[1]} x {testImages.Sizes[2]}, "
                + $"{height} x {width} expected as in {trainImages.Path}");
        }
        if (classes < 2) problems.Add($"{trainLabels.Path}: all labels are 0, two or more classes expected");
        foreach (var (images, labels) in new[] { (trainImages, trainLabels), (testImages, testLabels) })
        {
            if (images.Count != labels.Count)
                problems.Add($"{labels.Path}: {labels.Count} labels, but {images.Count} images in {images.Path}");
            var wrong = Array.FindIndex(labels.Bytes, label => label >= classes);
            if (wrong >= 0)
                problems.Add($"{labels.Path}: row {wrong} has label {labels.Bytes[wrong]}, 0 to {classes - 1} expected");
        }
        Report(problems);
        return new DatasetSource(height, width, classes, Rows(trainImages, trainLabels), Rows(testImages, testLabels));
    }

    private static LabelledImages Rows(IdxArray images, IdxArray labels)
    {
        var features = images.Sizes[1] * images.Sizes[2];
        return new LabelledImages(labels.Bytes, rows =>
        {
            var picked = new byte[rows.Count * features];
            for (var i = 0; i < rows.Count; i++)
                images.Bytes.AsSpan(rows[i] * features, features).CopyTo(picked.AsSpan(i * features));
            return picked;
        });
    }

    private static void Report(List<string> problems)
    {
        if (problems.Count > 0) throw new DataException(problems);
    }
}
