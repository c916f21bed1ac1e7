using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Conversion;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataConversionTests(OwnFiles files) : IClassFixture<OwnFiles>, IDisposable
{
    private readonly TestFolder _folder = new();

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(
        ["grey-png", "grey-npz-gaps", "colour-png", "table-csv", "photos"], [.. DataConversion.Writers.Keys]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_AnySet_ReadsBackAsTheSameRows(string name, string format)
    {
        var before = DatasetDescription.Of(name, new DataLocations([files.FullPath]));

        DataConversion.Write(before.Source, format, _folder["own"]);

        var after = DatasetDescription.Of("own", new DataLocations([_folder.Path]));
        Assert.Equal(before.Hash, after.Hash);
        Assert.Equal(before.Source.Shape, after.Source.Shape);
        Assert.Equal(before.TrainRows, after.TrainRows);
        if (format == "npz" || name == "grey-npz-gaps") Assert.Equal(before.Source.ClassNames, after.Source.ClassNames);
    }

    [Fact]
    public void Write_FolderThatIsThere_IsRefused()
    {
        var source = DatasetDescription.Of("grey-npz", new DataLocations([files.FullPath])).Source;

        Assert.Contains("is there already", Assert.Throws<DataException>(() => DataConversion.Write(source, "npz", _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Table_TellsColumnsClassesAndRanges()
    {
        var table = DatasetDescription.Of("table-csv-bom", new DataLocations([files.FullPath]));

        Assert.Equal(("CSV", 4, 3), (table.Format, table.Source.Features, table.Source.Classes));
        Assert.Equal(["age", "income, gross", "the \"x\"", "größe"], table.Source.ColumnNames);
        Assert.Equal([8, 8, 8], table.TrainRows);
        Assert.Equal([3, 3, 3], table.TestRows);
        Assert.True(table.Lowest[3] < table.Row(0)[3] && table.Row(0)[3] < table.Highest[3]);
    }

    [Fact]
    public void Of_BuiltIn_NeedsNoFolder() => Assert.Equal(
        ("built in", null, Glyphs.TrainRows / 10), (Glyph.Format, Glyph.Folder, Glyph.TrainRows[7]));

    private static DatasetDescription Glyph { get; } = DatasetDescription.Of(Glyphs.Name, new DataLocations([]));
}
