using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Extending.Tests.Data;

/// <summary>One file of three bytes a row: class, then two pixels; the last ten rows test.</summary>
public sealed class DotsFormat : IDataFormat
{
    private const int TestRows = 10;

    public string Name => "dots";

    public string Files => "rows.dots";

    public IReadOnlyList<KnownDataset> Known => [];

    public bool Recognizes(string folder) => StoredFile.Locate(folder, Files) is not null;

    public DatasetSource Read(string folder, KnownDataset? known)
    {
        var rows = Rows(folder);
        return new DatasetSource([1, 1, 2], Classes: 2, Images(rows[..^TestRows]), Images(rows[^TestRows..]));
    }

    public DatasetSize Measure(string folder, KnownDataset? known) => new(Rows(folder).Length - TestRows, TestRows, [1, 1, 2], Classes: 2);

    private static LabelledRows Images(byte[][] rows) =>
        LabelledRows.Of([.. rows.Select(row => row[0])], [.. rows.SelectMany(row => row[1..])], features: 2);

    private byte[][] Rows(string folder)
    {
        var path = StoredFile.Locate(folder, Files)!;
        var bytes = StoredFile.Read(path, stream =>
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.ToArray();
        });
        return bytes.Length % 3 == 0 && bytes.Length > 3 * TestRows
            ? [.. bytes.Chunk(3)] : throw new DataException($"{path}: {bytes.Length} bytes, which is no number of rows of 3 bytes above {TestRows}");
    }
}
