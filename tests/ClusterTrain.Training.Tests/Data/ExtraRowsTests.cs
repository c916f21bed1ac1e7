using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Training.Tests.Data;

public sealed class ExtraRowsTests(OwnFiles files) : IClassFixture<OwnFiles>
{
    [Fact]
    public void Load_RowsOfAnotherSet_StandBehindItsOwnAndChangeNothingElse()
    {
        var (alone, both, other) = (Load("grey-png"), Load("grey-png", "grey-idx"), Load("grey-idx", validation: 1));

        Assert.Equal(alone.Train.Rows + 24, both.Train.Rows);
        Assert.Equal(alone.Train.Inputs.Span[..(alone.Train.Rows * 30)], both.Train.Inputs.Span[..(alone.Train.Rows * 30)]);
        Assert.Equal(other.Train.Row(0), both.Train.Row(alone.Train.Rows + 1)); // its first row validates there
        Assert.Equal(other.Train.Labels[0], both.Train.Labels[alone.Train.Rows + 1]);
        Assert.Equal(alone.Validation.Inputs.Span, both.Validation.Inputs.Span);
        Assert.Equal(alone.Test.Labels, both.Test.Labels);
        Assert.Equal(alone.ClassNames, both.ClassNames);
    }

    [Fact]
    public void Load_RowsOfAnotherSet_AreInTheHashWhateverFormatTheyComeIn()
    {
        Assert.Equal(Load("grey-png", "grey-idx").Hash, Load("grey-png", "grey-npz").Hash);
        Assert.Equal(4, new[] { Load("grey-png"), Load("grey-png", "grey-idx"), Load("grey-png", "grey-idx", 5), Load("grey-png", "grey-idx", 6) }.Select(data => data.Hash).Distinct().Count());
    }

    [Fact]
    public void Load_FewerRowsOfAnotherSet_AreTheStartOfMore()
    {
        var (few, many) = (Load("grey-png", "grey-idx", 5), Load("grey-png", "grey-idx", 9));

        Assert.Equal(25, few.Train.Rows);
        Assert.Equal(few.Train.Labels, many.Train.Labels[..25]);
        Assert.Equal(25, DatasetLoader.MeasureFiles(Spec("grey-png", "grey-idx", 5), Locations).TrainRows);
    }

    [Fact]
    public void Load_TableWithRowsOfAnother_HasTheRangeOfBoth()
    {
        Directory.CreateDirectory(files["wide"]);
        File.WriteAllText(files["wide", "train.csv"], "a,b,c,d,class\n900,0,0,0,apple\n0,0,0,0,pear\n0,0,0,0,plüm tree\n");
        File.WriteAllText(files["wide", "test.csv"], "a,b,c,d,class\n0,0,0,7000,apple\n0,0,0,0,pear\n0,0,0,0,plüm tree\n");

        var data = Load("table-csv", "wide");

        Assert.Equal(900, data.Range.Highest[0]);
        Assert.Equal(Load("table-csv").Range.Highest[3], data.Range.Highest[3]);
    }

    [Theory]
    [InlineData("colour-png", 0, "data.extra: rows of 'colour-png' are [3, 5, 6], [1, 5, 6] expected as in 'grey-png'")]
    [InlineData("grey-npz-gaps", 0, "data.extra: the classes of 'grey-npz-gaps' are 3, 5, 90; apple, pear, plüm tree expected")]
    [InlineData("grey-idx", 25, "25 training and 0 validation rows asked for, but the training file of 'grey-idx' has 24 rows")]
    [InlineData("nowhere", 0, "data set 'nowhere' not found")]
    [InlineData("../up", 0, "data.extra: '../up' is no folder name")]
    public void Load_SetThatDoesNotFit_IsRefused(string extra, int rows, string problem) =>
        Assert.Contains(problem, Assert.Single(Assert.Throws<DataException>(() => Load("grey-png", extra, rows)).Problems), StringComparison.Ordinal);

    [Fact]
    public void Check_SetItself_IsRefusedForItsValidationRows() => Assert.Contains(
        SpecRules.Check(new RunSpec { Data = Spec("glyphs", "glyphs") }, []), problem => problem.Path == "data.extra" && problem.Severity == SpecSeverity.Error);

    private DataLocations Locations => new([files.FullPath]);

    private static DataSpec Spec(string name, string extra, int rows = 0, int validation = 4) => new() { Name = name, Validation = validation, Extra = extra, ExtraRows = rows };

    private Dataset Load(string name, string extra = "", int rows = 0, int validation = 4) => DatasetLoader.Load(Spec(name, extra, rows, validation), Locations);
}
