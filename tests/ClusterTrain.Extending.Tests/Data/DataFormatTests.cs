using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Extending.Tests.Data;

public sealed class DataFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static DataFormatTests() => DataFormats.Catalogue.Add(new DotsFormat());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_FormatThatWasAdded_ReadsItsFoldersAndListsThem()
    {
        Write(rows: 40);

        var data = DatasetLoader.Load(new DataSpec { Name = "own", Validation = 5 }, new DataLocations([_folder.FullPath]));

        Assert.Equal([1, 1, 2], data.InputShape);
        Assert.Equal((25, 5, 10, 2), (data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.Classes));
        Assert.Equal([30 / 255f, 225 / 255f], data.Test.Row(0).ToArray());
        var line = DatasetSummary.List(new DataLocations([_folder.FullPath])).Single(line => line.Name == "own");
        Assert.Equal((30, 10), (line.Size!.TrainRows, line.Size!.TestRows));
    }

    [Fact]
    public void Load_NoSuchData_NamesTheFilesOfEveryFormat()
    {
        var problem = Assert.Single(Assert.Throws<DataException>(
            () => DatasetLoader.Load(new DataSpec { Name = "none" }, new DataLocations([_folder.FullPath]))).Problems);

        Assert.Contains("rows.dots", problem, StringComparison.Ordinal);
        Assert.All(DataFormats.Catalogue.All, format => Assert.Contains(format.Files, problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_DamagedFile_SaysWhatTheFormatSays()
    {
        Write(rows: 9);

        var problem = Assert.Single(Assert.Throws<DataException>(
            () => DatasetLoader.Load(new DataSpec { Name = "own" }, new DataLocations([_folder.FullPath]))).Problems);

        Assert.EndsWith("27 bytes, which is no number of rows of 3 bytes above 10", problem, StringComparison.Ordinal);
    }

    private void Write(int rows)
    {
        Directory.CreateDirectory(_folder["own"]);
        File.WriteAllBytes(
            Path.Combine(_folder["own"], "rows.dots"),
            [.. Enumerable.Range(0, rows).SelectMany(row => new[] { (byte)(row % 2), (byte)row, (byte)(255 - row) })]);
    }
}
