using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>A data format from outside the program: one class, one line.</summary>
public sealed class DataFormatsTests : IDisposable
{
    private static readonly IDataFormat Added = new DotsFormat();
    private readonly TestFolder _folder = new();

    static DataFormatsTests() => DataFormats.All.Add(Added);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_FormatThatWasAdded_ReadsItsFolders()
    {
        Directory.CreateDirectory(_folder["own"]);
        File.WriteAllBytes(_folder["own", "rows.dots"], [.. Enumerable.Range(0, 40).SelectMany(row => new byte[] { (byte)(row % 2), (byte)row, (byte)(255 - row) })]);

        var data = DatasetLoader.Load(new DataSpec { Name = "own", Validation = 5 }, new DataLocations([_folder.Path]));

        Assert.Equal([1, 1, 2], data.InputShape);
        Assert.Equal((25, 5, 10, 2), (data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.Classes));
        Assert.Equal([30 / 255f, 225 / 255f], data.Test.Row(0).ToArray());
        var line = DatasetSummary.List(new DataLocations([_folder.Path])).Single(line => line.Name == "own");
        Assert.Equal((30, 10), (line.Size!.TrainRows, line.Size!.TestRows));
    }

    [Fact]
    public void Load_NoSuchData_NamesTheFilesOfEveryFormat()
    {
        var problem = Assert.Single(Assert.Throws<DataException>(
            () => DatasetLoader.Load(new DataSpec { Name = "none" }, new DataLocations([_folder.Path]))).Problems);

        Assert.All(DataFormats.All.All, format => Assert.Contains(format.Files, problem));
    }

    [Fact]
    public void Of_FolderOfNoFormat_IsNull()
    {
        Directory.CreateDirectory(_folder["own"]);
        File.WriteAllText(_folder["own", "notes.txt"], "");

        Assert.Null(DataFormats.Of(_folder["own"]));
    }

    /// <summary>One file of three bytes a row: class, then two pixels; the last ten rows test.</summary>
    private sealed class DotsFormat : IDataFormat
    {
        public string Name => "dots";

        public string Files => "rows.dots";

        public IReadOnlyList<KnownDataset> Known => [];

        public bool Recognizes(string folder) => StoredFile.Locate(folder, Files) is not null;

        public DatasetSource Read(string folder, KnownDataset? known)
        {
            var bytes = Bytes(folder);
            LabelledImages Rows(byte[][] rows) => LabelledImages.Of([.. rows.Select(row => row[0])], [.. rows.SelectMany(row => row[1..])], 2);
            return new DatasetSource([1, 1, 2], 2, Rows(bytes[..^10]), Rows(bytes[^10..]));
        }

        public DatasetSize Measure(string folder, KnownDataset? known) => new(Bytes(folder).Length - 10, 10, [1, 1, 2], 2);

        private byte[][] Bytes(string folder) => StoredFile.Read(StoredFile.Locate(folder, Files)!, stream =>
        {
            var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray().Chunk(3).ToArray();
        });
    }
}
