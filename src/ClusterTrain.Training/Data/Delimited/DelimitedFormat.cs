using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Delimited;

/// <summary>A table as CSV or TSV: train and test, or one file that is split.</summary>
internal sealed class DelimitedFormat : IDataFormat
{
    private static readonly string[] Endings = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];

    public string Name => "CSV";

    public string Files => "train.csv and test.csv, or one .csv file (.tsv too; each raw or .gz)";

    public IReadOnlyList<KnownDataset> Known => [];

    public bool IsCostly => true;

    public bool Recognizes(string folder) => Tables(folder).Length > 0;

    public DatasetSource Read(string folder, KnownDataset? known)
    {
        var (settings, files) = (FolderSettings.Of(folder), FilesOf(folder));
        if (files.Test is null)
        {
            var (some, others) = HeldOut.Draw(DelimitedReader.Read(files.Train, settings), settings);
            return FoundRows.Combine(some, others);
        }

        var halves = new FoundRows[2];
        var problems = new List<string>();
        foreach (var (i, path) in new[] { files.Train, files.Test }.Index())
        {
            try
            {
                halves[i] = DelimitedReader.Read(path, settings);
            }
            catch (DataException wrong)
            {
                problems.AddRange(wrong.Problems);
            }
        }

        if (problems.Count > 0) throw new DataException(problems);
        if (!halves[0].Columns.SequenceEqual(halves[1].Columns))
        {
            throw new DataException(
                $"{files.Test}: columns {Shown(halves[1])}, {Shown(halves[0])} expected as in {files.Train}");
        }

        return FoundRows.Combine(halves[0], halves[1]);
    }

    public DatasetSize Measure(string folder, KnownDataset? known)
    {
        var source = Read(folder, known);
        return new DatasetSize(source.Train.Rows, source.Test.Rows, source.Shape, source.Classes);
    }

    private static string Shown(FoundRows half) => half.Columns.Count == 0 ? "without names" : string.Join(", ", half.Columns.Take(20));

    private static string[] Tables(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Where(path => Endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal)]
        : [];

    private static (string Train, string? Test) FilesOf(string folder)
    {
        var tables = Tables(folder);
        string? Called(string name) => tables.FirstOrDefault(path =>
            Path.GetFileName(path).StartsWith(name + ".", StringComparison.OrdinalIgnoreCase));
        if (Called("train") is { } train && (Called("test") ?? (tables.Length == 1 ? "" : null)) is { } test) return (train, test.Length == 0 ? null : test);
        return tables.Length == 1
            ? (tables[0], null)
            : throw new DataException($"{folder}: holds {string.Join(", ", tables.Select(Path.GetFileName))}; train.csv and test.csv, or one file that is split, expected");
    }
}
