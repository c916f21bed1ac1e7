using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Pictures;

/// <summary>
/// Folders of pictures, one a class, called as the class: in train/ and test/, or beside each other and split. Rows come in the
/// order of class names and then of file names, by code points.
/// </summary>
internal sealed class PictureFormat : IDataFormat
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg"];
    private static readonly string[] Others = [".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".avif"];

    public string Name => "pictures";

    public string Files => "a folder of .png and .jpg files for each class, in train/ and test/ or beside each other";

    public IReadOnlyList<KnownDataset> Known => [];

    public bool IsCostly => true;

    public bool Recognizes(string folder) => Directory.Exists(folder)
        && Visible(folder).Any(below => Visible(below).Any(inner => Directory.EnumerateFiles(inner).Any(IsPicture)) || Directory.EnumerateFiles(below).Any(IsPicture));

    public DatasetSource Read(string folder, KnownDataset? known)
    {
        var settings = FolderSettings.Of(folder);
        var (train, test) = Halves(folder, settings);
        var pictures = Decoded([.. train, .. test], settings);
        var channels = pictures.Any(picture => picture.Channels == 3) ? 3 : 1;
        var (height, width) = (pictures[0].Height, pictures[0].Width);
        var other = pictures.FirstOrDefault(picture => (picture.Height, picture.Width) != (height, width));
        if (other is not null)
        {
            throw new DataException(
                $"{other.Path}: {other.Height} x {other.Width} pixels, {height} x {width} expected as in {pictures[0].Path}; "
                + $"write size: [height, width] into {Path.Combine(folder, FolderSettings.FileName)}, to which all are resized");
        }

        return FoundRows.Combine(Rows(train, pictures[..train.Length]), Rows(test, pictures[train.Length..]));

        FoundRows Rows(Labelled[] files, Picture[] some)
        {
            var (features, bytes) = (channels * height * width, new byte[(long)some.Length * channels * height * width]);
            for (var i = 0; i < some.Length; i++)
                (channels == 3 ? some[i].Coloured() : some[i]).Bytes.CopyTo(bytes, i * features);
            return new FoundRows(
                new NumberArray(folder, [some.Length, channels, height, width], bytes, Floats: null, AreIntegers: true),
                new FoundLabels(folder, [.. files.Select(file => file.Class)], Numbers: null) { Place = row => files[row].Path });
        }
    }

    public DatasetSize Measure(string folder, KnownDataset? known)
    {
        var settings = FolderSettings.Of(folder);
        var (train, test) = Halves(folder, settings);
        var first = Decoded(train[..1], settings)[0];
        return new DatasetSize(
            train.Length, test.Length, [first.Channels, first.Height, first.Width], train.Select(file => file.Class).Distinct(StringComparer.Ordinal).Count());
    }

    private static (Labelled[] Train, Labelled[] Test) Halves(string folder, FolderSettings settings)
    {
        var (train, test) = (Path.Combine(folder, "train"), Path.Combine(folder, "test"));
        if (Directory.Exists(train) && Directory.Exists(test)) return (FilesOf(train), FilesOf(test));
        var all = FilesOf(Directory.Exists(train) ? train : folder);
        var (some, others) = HeldOut.Draw([.. all.Select(file => file.Class)], settings.TestShare, settings.Seed);
        return others.Length > 0
            ? ([.. some.Select(i => all[i])], [.. others.Select(i => all[i])])
            : throw new DataException($"{folder}: one picture a class; two or more expected, one to train and one to test");
    }

    private static Labelled[] FilesOf(string folder)
    {
        var (files, problems) = (new List<Labelled>(), new List<string>());
        foreach (var below in Visible(folder))
        {
            var pictures = Directory.EnumerateFiles(below).Where(IsPicture).Order(StringComparer.Ordinal).ToList();
            if (Directory.EnumerateFiles(below).FirstOrDefault(path => Others.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)) is { } strange)
                problems.Add($"{strange}: neither PNG nor JPEG: convert it, or take it out of the folder");
            if (pictures.Count == 0) problems.Add($"{below}: a class without pictures: put .png or .jpg files there, or take the folder away");
            files.AddRange(pictures.Select(path => new Labelled(path, Path.GetFileName(below))));
        }

        if (problems.Count == 0 && files.Count == 0) problems.Add($"{folder}: no folder of pictures in it, one for each class");
        return problems.Count > 0 ? throw new DataException(problems) : [.. files];
    }

    private static Picture[] Decoded(Labelled[] files, FolderSettings settings)
    {
        var (pictures, problems) = (new Picture[files.Length], new string?[files.Length]);
        Parallel.For(0, files.Length, i =>
        {
            try
            {
                var picture = PictureFile.Read(files[i].Path);
                pictures[i] = settings.Size is [var height, var width] ? picture.Resized(height, width) : picture;
            }
            catch (DataException wrong)
            {
                problems[i] = wrong.Message;
            }
        });
        var found = problems.OfType<string>().ToList();
        return found.Count > 0 ? throw new DataException(found) : pictures;
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.EnumerateDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal);

    // Systems leave files of their own, such as ._cat.png, beside pictures.
    private static bool IsPicture(string path) =>
        Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith('.');

    private sealed record Labelled(string Path, string Class);
}
