namespace ClusterTrain.Training.Data;

/// <summary>One line of <c>data list</c>.</summary>
/// <param name="TrainRows">Rows of the training file, validation rows included; null when unknown.</param>
/// <param name="TestRows">Null when unknown.</param>
/// <param name="InputShape">Channels, height, width; null when unknown.</param>
/// <param name="Classes">Null when unknown: a folder of the user's own tells only when its labels are read.</param>
/// <param name="Where">A folder, <c>built in</c>, or <c>not found</c>.</param>
/// <param name="Problem">Why the data set cannot be loaded as it lies there, one line; null when nothing is known against it.</param>
public sealed record DatasetSummary(
    string Name, int? TrainRows, int? TestRows, IReadOnlyList<int>? InputShape, int? Classes, string Where,
    string? Problem)
{
    /// <summary>
    /// Built-in and known data sets, then folders with at least one IDX file in <paramref name="locations"/>, by name.
    /// Reads file headers only: content is checked when a data set is loaded.
    /// </summary>
    public static IReadOnlyList<DatasetSummary> List(DataLocations locations)
    {
        var others = locations.Folders.Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(folder => Missing(folder).Length < IdxFileNames.All.Count)
            .Select(folder => Path.GetFileName(folder))
            .Where(DataCatalog.IsFolderName)
            .Except(DataCatalog.Names, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        return
        [
            new(
                Glyphs.Name, Glyphs.TrainRows, Glyphs.TestRows, [1, Glyphs.Side, Glyphs.Side], Glyphs.Classes,
                "built in", Problem: null),
            .. DataCatalog.Known.Select(known => OfKnown(known, locations.Find(known.Name))),
            .. others.Select(name => OfFolder(name, locations.Find(name)!)),
        ];
    }

    private static DatasetSummary OfKnown(KnownDataset known, string? folder) => new(
        known.Name, known.TrainRows, known.TestRows, [1, known.Height, known.Width], known.Classes, folder ?? "not found",
        folder is null ? $"get it with 'clustertrain data fetch {known.Name}'" : MissingProblem(folder));

    private static DatasetSummary OfFolder(string name, string folder)
    {
        var unknown = new DatasetSummary(name, null, null, null, null, folder, MissingProblem(folder));
        if (unknown.Problem is not null) return unknown;
        try
        {
            var train = IdxReader.ReadImageSizes(IdxFileNames.Locate(folder, IdxFileNames.TrainImages)!);
            var test = IdxReader.ReadImageSizes(IdxFileNames.Locate(folder, IdxFileNames.TestImages)!);
            return unknown with { TrainRows = train[0], TestRows = test[0], InputShape = [1, .. train.Skip(1)] };
        }
        catch (DataException damaged)
        {
            return unknown with { Problem = damaged.Message };
        }
    }

    private static string[] Missing(string folder) =>
        [.. IdxFileNames.All.Where(file => IdxFileNames.Locate(folder, file) is null)];

    private static string? MissingProblem(string folder) =>
        Missing(folder) is { Length: > 0 } missing ? $"missing {string.Join(", ", missing)}" : null;
}
