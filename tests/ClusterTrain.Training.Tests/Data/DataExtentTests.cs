using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataExtentTests
{
    private static readonly DataLocations Nowhere = new([]);

    public static readonly TheoryData<DataSpec> Splits = new(
        new DataSpec { Train = 300, Validation = 50, Test = 40 },
        new DataSpec { Train = 300, Validation = 50, Test = 40, Folds = 3, Fold = 2 },
        new DataSpec { Train = 300, Validation = 50, Test = 40, Imbalance = 20, Bootstrap = 1 });

    [Theory]
    [MemberData(nameof(Splits))]
    public void Measure_DataThatAreHere_IsWhatLoadingGives(DataSpec spec)
    {
        var (measured, loaded) = (DatasetLoader.Measure(spec, Nowhere)!, DataExtent.Of(DatasetLoader.Load(spec, Nowhere)));

        Assert.Equal(loaded, measured with { InputShape = loaded.InputShape });
        Assert.Equal(loaded.InputShape, measured.InputShape);
    }

    [Fact]
    public void Measure_KnownDataThatAreNotHere_IsWhatTheirNameTells()
    {
        var extent = DatasetLoader.Measure(new DataSpec { Name = "cifar-10", Validation = 5_000, Test = 1_000 }, Nowhere)!;

        Assert.Equal([3, 32, 32], extent.InputShape);
        Assert.Equal((10, 45_000, 5_000, 1_000), (extent.Classes, extent.TrainRows, extent.ValidationRows, extent.TestRows));
        Assert.Equal(51_000L * ((4 * 3072) + 1), extent.Bytes);
    }

    [Fact]
    public void Measure_KnownDataInFoldsAndUneven_CountsEvenClasses()
    {
        var extent = DatasetLoader.Measure(new DataSpec { Name = "mnist", Train = 40_000, Validation = 10_000, Folds = 5, Imbalance = 100 }, Nowhere)!;

        Assert.Equal(10_000, extent.ValidationRows);
        Assert.Equal(4_000 * Enumerable.Range(0, 10).Sum(c => Math.Pow(100, -c / 9.0)), extent.TrainRows, 1.0);
    }

    [Fact]
    public void Measure_MoreRowsThanKnownDataHave_IsRefused()
    {
        var refusal = Assert.Throws<DataException>(() => DatasetLoader.Measure(new DataSpec { Name = "mnist", Train = 60_000 }, Nowhere));

        Assert.Contains("'mnist' has 60000 rows", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_NameThatNothingIsKnownOf_IsNull() => Assert.Null(DatasetLoader.Measure(new DataSpec { Name = "own" }, Nowhere));
}
