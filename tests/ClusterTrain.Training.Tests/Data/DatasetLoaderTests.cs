using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DatasetLoaderTests : IDisposable
{
    private static readonly DataSpec Own = new() { Name = "own", Validation = 10 };
    private readonly TestFolder _folder = new();

    private DataLocations Locations => new([_folder.Path]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_OwnFolder_DecodesBytesByExactDivision()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        var data = DatasetLoader.Load(Own, Locations);

        Assert.Equal([1, 4, 5], data.InputShape);
        Assert.Equal(20, data.Features);
        Assert.Equal(3, data.Classes);
        Assert.Equal((50, 10, 20), (data.Train.Rows, data.Validation.Rows, data.Test.Rows));
        for (var i = 0; i < 400; i++)
            Assert.Equal((byte)((i * 7) + 1) / 255f, data.Test.Inputs.Span[i]);
        Assert.Equal([0, 1, 2, 0, 1], data.Test.Labels[..5]);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "t10k-images-idx3-ubyte")]
    [InlineData("train-images-idx4-ubyte", "t10k-images-idx4-ubyte")]
    public void Load_ImagesOfFourSizes_AreRowsOfSeveralChannels(string train, string test)
    {
        byte[] Coloured(int count) => IdxFiles.Encode(0x804, [count, 3, 2, 4], [.. Enumerable.Range(0, count * 24).Select(i => (byte)(i * 7))]);
        IdxFiles.WriteFolder(_folder["own"]);
        File.Delete(_folder["own", IdxFileNames.TrainImages]);
        File.Delete(_folder["own", IdxFileNames.TestImages]);
        File.WriteAllBytes(_folder["own", train], Coloured(60));
        File.WriteAllBytes(_folder["own", test], Coloured(20));

        var data = DatasetLoader.Load(Own, Locations);

        Assert.Equal([3, 2, 4], data.InputShape);
        Assert.Equal(24, data.Features);
        Assert.Equal((byte)(25 * 7) / 255f, data.Test.Row(1)[1]);
        Assert.Equal([3, 2, 4], DatasetSummary.List(Locations).Single(line => line.Name == "own").Size!.Shape);
    }

    [Fact]
    public void Load_RawAndGzip_GiveTheSameHash()
    {
        IdxFiles.WriteFolder(_folder["raw", "own"]);
        IdxFiles.WriteFolder(_folder["packed", "own"], gzip: true);
        var raw = DatasetLoader.Load(Own, new DataLocations([_folder["raw"]]));
        var packed = DatasetLoader.Load(Own, new DataLocations([_folder["packed"]]));

        Assert.Equal(raw.Hash, packed.Hash);
        Assert.Equal(raw.Train.Inputs.Span, packed.Train.Inputs.Span);
        Assert.Matches("^[0-9a-f]{64}$", raw.Hash);
    }

    [Fact]
    public void Hash_OtherSplitOrContent_Differs()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        IdxFiles.WriteFolder(_folder["other"], salt: 1);
        string[] hashes =
        [
            .. new[]
            {
                Own, Own with { Train = 49 }, Own with { Validation = 11 }, Own with { Train = 40, Validation = 11 },
                Own with { Test = 19 }, Own with { Name = "other" },
                Own with { Train = 40, Offset = 1 }, Own with { Train = 40, Bootstrap = 1 }, Own with { Train = 40, Bootstrap = 2 },
                Own with { Train = 40, Offset = 1, Bootstrap = 1 },
            }.Select(spec => DatasetLoader.Load(spec, Locations).Hash),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Hash_OneLabelChanged_Differs()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        var before = DatasetLoader.Load(Own, Locations).Hash;
        var labels = IdxFiles.Labels(60, 3);
        labels[^1] = 0;
        File.WriteAllBytes(_folder["own", IdxFileNames.TrainLabels], labels);
        Assert.NotEqual(before, DatasetLoader.Load(Own, Locations).Hash);
    }

    [Fact]
    public void Load_TooManyRows_ReportsAllAtOnce()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        var problems = Fails(Own with { Train = 51, Test = 21 });
        Assert.Equal(2, problems.Count);
        Assert.Contains("51 training and 10 validation rows asked for, but the training file of 'own' has 60", problems[0]);
        Assert.Contains("21 test rows asked for, but the test file of 'own' has 20", problems[1]);
    }

    [Fact]
    public void Load_ValidationTakesAll_LeavesNothingToTrainOnAndFails()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        Assert.Contains("one or more training and 60", Assert.Single(Fails(Own with { Validation = 60 })));
        Assert.Equal(1, DatasetLoader.Load(Own with { Validation = 59 }, Locations).Train.Rows);
    }

    [Fact]
    public void Load_KnownNameNowhere_ListsPlacesAndRemedy()
    {
        var locations = DataLocations.Of(_folder["a"], _folder["b"], _folder.Path);
        var problem = Assert.Single(Assert.Throws<DataException>(
            () => DatasetLoader.Load(new DataSpec { Name = "mnist" }, locations)).Problems);
        foreach (var place in new[] { _folder["a", "mnist"], _folder["b", "mnist"], _folder["data", "mnist"] })
            Assert.Contains(place, problem);
        Assert.Contains("clustertrain data fetch mnist", problem);
        Assert.Contains("--data", problem);
    }

    [Fact]
    public void Load_UnknownNameNowhere_NamesTheKnownOnes() =>
        Assert.Contains("known are glyphs, mnist, fashion-mnist, cifar-10, cifar-100", Assert.Single(Fails(Own with { Name = "minst" })));

    [Theory]
    [InlineData("../own")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("/etc")]
    [InlineData("a\\b")]
    public void Load_NameThatIsAPath_IsRefused(string name) =>
        Assert.Contains("is no folder name", Assert.Single(Fails(Own with { Name = name })));

    [Fact]
    public void Load_MissingFiles_AreNamedTogether()
    {
        IdxFiles.WriteFolder(_folder["mnist"]);
        File.Delete(_folder["mnist", IdxFileNames.TrainLabels]);
        File.Delete(_folder["mnist", IdxFileNames.TestImages]);
        var problem = Assert.Single(Fails(Own with { Name = "mnist" }));
        Assert.Contains(IdxFileNames.TrainLabels + ", " + IdxFileNames.TestImages, problem);
        Assert.Contains("data fetch mnist", problem);
    }

    [Fact]
    public void Load_SeveralDamagedFiles_AreAllReported()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        File.WriteAllBytes(_folder["own", IdxFileNames.TrainImages], IdxFiles.Labels(3, 3));
        File.WriteAllBytes(_folder["own", IdxFileNames.TestLabels], [0]);
        var problems = Fails(Own);
        Assert.Equal(2, problems.Count);
        Assert.Contains("magic number", problems[0]);
        Assert.Contains("truncated", problems[1]);
    }

    [Fact]
    public void Load_CountsAndShapesThatDisagree_AreAllReported()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        File.WriteAllBytes(_folder["own", IdxFileNames.TrainLabels], IdxFiles.Labels(59, 3));
        File.WriteAllBytes(_folder["own", IdxFileNames.TestImages], IdxFiles.Images(20, 5, 5));
        var problems = Fails(Own);
        Assert.Equal(2, problems.Count);
        Assert.Contains("images of 5 x 5, 4 x 5 expected", problems[0]);
        Assert.Contains("59 labels, but 60 images", problems[1]);
    }

    [Fact]
    public void Load_TestLabelThatTrainingNeverHas_NamesFileRowAndValue()
    {
        IdxFiles.WriteFolder(_folder["own"]);
        var labels = IdxFiles.Labels(20, 3);
        labels[8 + 13] = 3;
        File.WriteAllBytes(_folder["own", IdxFileNames.TestLabels], labels);
        Assert.Equal(
            $"{_folder["own", IdxFileNames.TestLabels]}: row 13 has label 3, 0 to 2 expected", Assert.Single(Fails(Own)));
    }

    [Fact]
    public void Load_KnownNameWithOtherContent_NamesFileAndBothHashes()
    {
        IdxFiles.WriteFolder(_folder["mnist"]);
        var problems = Fails(Own with { Name = "mnist" });
        Assert.Equal(4, problems.Count);
        Assert.Contains(IdxFileNames.TrainImages, problems[0]);
        Assert.Contains(StoredFile.Hash(_folder["mnist", IdxFileNames.TrainImages], 10_000), problems[0]);
        Assert.Contains(DataCatalog.Find("mnist")!.Files[0].Sha256, problems[0]);
    }

    [Fact]
    public void Load_Glyphs_NeedsNoFiles()
    {
        var data = DatasetLoader.Load(new DataSpec { Train = 50, Validation = 30, Test = 20 }, new DataLocations([]));
        Assert.Equal([1, 28, 28], data.InputShape);
        Assert.Equal((50, 30, 20, 10), (data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.Classes));
        var first = Glyphs.Draw([Glyphs.TrainRows]);
        Assert.Equal(first.Select(b => b / 255f), data.Test.Row(0).ToArray());
        Assert.Equal("ec659da10e9964b71369035749e8a4f0c0bd7932fcd4d020a0bf5802c4fe34ea", data.Hash);
    }

    private IReadOnlyList<string> Fails(DataSpec spec) =>
        Assert.Throws<DataException>(() => DatasetLoader.Load(spec, Locations)).Problems;
}
