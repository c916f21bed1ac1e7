using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class StratifiedFoldsTests
{
    // Uneven classes in no order, so that neither classes nor folds divide evenly.
    private static readonly byte[] Labels = [.. Enumerable.Range(0, 1003).Select(row => (byte)(row * row % 7 * 31 % 5))];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public void Assign_AnyNumber_GivesFoldsOfOneSizeAndOneClassMixture(int folds)
    {
        var foldOf = StratifiedFolds.Assign(Labels, folds);

        AssertEven(Enumerable.Range(0, folds).Select(fold => foldOf.Count(of => of == fold)));
        foreach (var label in Labels.Distinct())
            AssertEven(Enumerable.Range(0, folds).Select(fold => Enumerable.Range(0, Labels.Length).Count(row => foldOf[row] == fold && Labels[row] == label)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void HoldOut_EachFold_IsDisjointAndCompleteOverTheRowsAtHand(int folds)
    {
        // Sized like a spec that trains on a part of the file.
        var split = DataSplit.Draw("x", Labels.Length, 20, train: 500, validation: 203, test: 0);
        int[] atHand = [.. split.Train.Concat(split.Validation).Order()];

        var parts = Enumerable.Range(1, folds).Select(fold => StratifiedFolds.HoldOut(split, row => Labels[row], folds, fold)).ToList();

        Assert.Equal(atHand, parts.SelectMany(part => part.Validation).Order());
        Assert.All(parts, part =>
        {
            Assert.Empty(part.Train.Intersect(part.Validation));
            Assert.Equal(atHand, part.Train.Concat(part.Validation).Order());
            Assert.Equal(split.Test, part.Test);
        });
    }

    [Fact]
    public void HoldOut_MoreFoldsThanRowsOfAClass_NamesTheClassAndWhatIsAllowed()
    {
        var split = DataSplit.Draw("x", 30, 1, train: 20, validation: 10, test: 0);

        var failure = Assert.Throws<DataException>(() => StratifiedFolds.HoldOut(split, row => (byte)(row < 4 ? 1 : 0), 5, 1));

        Assert.Equal(
            "data.folds: 5 folds want 5 or more rows of each class, but class 1 has only 4 of the 30 training and validation rows; allowed: 2 to 4 folds",
            Assert.Single(failure.Problems));
    }

    [Fact]
    public void Load_Folds_GiveOtherDataThanNoFoldsAndThanEachOther()
    {
        var whole = new DataSpec { Train = 70, Validation = 30, Test = 10 };
        var specs = new[] { whole, whole with { Folds = 4 }, whole with { Folds = 4, Fold = 2 }, whole with { Folds = 5 } };

        var loaded = specs.Select(spec => DatasetLoader.Load(spec, new DataLocations([]))).ToList();

        Assert.Equal(4, loaded.Select(data => data.Hash).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((75, 25, 10), (loaded[1].Train.Rows, loaded[1].Validation.Rows, loaded[1].Test.Rows));
        Assert.Equal(loaded[1].Hash, DatasetLoader.Load(specs[1], new DataLocations([])).Hash);
    }

    private static void AssertEven(IEnumerable<int> counts)
    {
        var sorted = counts.Order().ToList();
        Assert.InRange(sorted[^1] - sorted[0], 0, 1);
    }
}
