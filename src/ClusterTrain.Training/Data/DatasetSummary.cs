using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data;

/// <summary>One line of <c>data list</c>.</summary>
/// <param name="Size">Null when unknown.</param>
/// <param name="Where">A folder, <c>built in</c>, or <c>not found</c>.</param>
/// <param name="Problem">Why the data set cannot be loaded as it lies there, one line; null when nothing is known against it.</param>
public sealed record DatasetSummary(string Name, DatasetSize? Size, string Where, string? Problem)
{
    /// <summary>
    /// Built-in and known data sets, then folders of any format in <paramref name="locations"/>, by name. What a format does
    /// not need to tell a folder's size is not read: content is checked when a data set is loaded.
    /// </summary>
    public static IReadOnlyList<DatasetSummary> List(DataLocations locations)
    {
        var others = locations.Folders.Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(folder => DataFormats.Of(folder) is not null)
            .Select(folder => Path.GetFileName(folder))
            .Where(DataCatalog.IsFolderName)
            .Except(DataCatalog.Names, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        return
        [
            new(
                Glyphs.Name, new DatasetSize(Glyphs.TrainRows, Glyphs.TestRows, [1, Glyphs.Side, Glyphs.Side], Glyphs.Classes),
                "built in", Problem: null),
            .. DataCatalog.Known.Select(known => OfKnown(known, locations.Find(known.Name))),
            .. others.Select(name => OfFolder(name, locations.Find(name)!)),
        ];
    }

    private static DatasetSummary OfKnown(KnownDataset known, string? folder)
    {
        var size = new DatasetSize(known.TrainRows, known.TestRows, known.InputShape, known.Classes);
        if (folder is null) return new DatasetSummary(known.Name, size, "not found", known.FetchHint);
        var measured = Measured(known.Name, folder, DataFormats.Of(known), known);
        return measured with { Size = measured.Size ?? size };
    }

    private static DatasetSummary OfFolder(string name, string folder) =>
        DataFormats.Of(folder) is { } format ? Measured(name, folder, format, known: null) : new DatasetSummary(name, null, folder, "no data set");

    private static DatasetSummary Measured(string name, string folder, IDataFormat format, KnownDataset? known)
    {
        try
        {
            return new DatasetSummary(name, format.Measure(folder, known), folder, Problem: null);
        }
        catch (DataException damaged)
        {
            return new DatasetSummary(name, null, folder, damaged.Problems[0]);
        }
    }
}
