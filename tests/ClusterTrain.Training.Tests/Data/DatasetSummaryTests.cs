using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Idx;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DatasetSummaryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_EmptyLocations_ShowsBuiltInAndNotFound()
    {
        var list = DatasetSummary.List(new DataLocations([_folder["absent"]]));
        Assert.Equal(["glyphs", "mnist", "fashion-mnist", "cifar-10", "cifar-100"], list.Select(line => line.Name));
        Assert.Equal(["built in", "not found", "not found", "not found", "not found"], list.Select(line => line.Where));
        Assert.Equal((10_000, 2_000), (list[0].Size!.TrainRows, list[0].Size!.TestRows));
    }

    [Fact]
    public void List_OwnIncompleteAndDamagedFolders_TellsThemApart()
    {
        IdxFiles.WriteFolder(_folder["own"], gzip: true);
        IdxFiles.WriteFolder(_folder["mnist"]);
        File.Delete(_folder["mnist", IdxFileNames.TestLabels]);
        IdxFiles.WriteFolder(_folder["broken"]);
        File.WriteAllBytes(_folder["broken", IdxFileNames.TrainImages], [1, 2, 3, 4, 5]);
        Directory.CreateDirectory(_folder["unrelated"]);

        var list = DatasetSummary.List(new DataLocations([_folder.Path])).ToDictionary(line => line.Name);
        Assert.Equal(["glyphs", "mnist", "fashion-mnist", "cifar-10", "cifar-100", "broken", "own"], list.Keys);
        Assert.Equal("missing " + IdxFileNames.TestLabels, list["mnist"].Problem);
        Assert.Equal(_folder["mnist"], list["mnist"].Where);
        Assert.Contains("magic number", list["broken"].Problem);
        Assert.Equal((60, 20), (list["own"].Size!.TrainRows, list["own"].Size!.TestRows));
        Assert.Equal([1, 4, 5], list["own"].Size!.Shape);
        Assert.Null(list["own"].Problem);
    }

    [Fact]
    public void Of_OptionVariableAndDefault_AreSearchedInThatOrder()
    {
        var locations = DataLocations.Of("mine", _folder["env"], _folder.Path);
        Assert.Equal([_folder["mine"], _folder["env"], _folder["data"]], locations.Folders);
        Directory.CreateDirectory(_folder["data", "x"]);
        Assert.Equal(_folder["data", "x"], locations.Find("x"));
        Directory.CreateDirectory(_folder["env", "x"]);
        Assert.Equal(_folder["env", "x"], locations.Find("x"));
        Assert.Null(locations.Find("y"));
        Assert.Equal([_folder["data"]], DataLocations.Of(null, "", _folder.Path).Folders);
    }
}
