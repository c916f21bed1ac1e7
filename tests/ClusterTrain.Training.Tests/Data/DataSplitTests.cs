using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataSplitTests
{
    [Fact]
    public void Draw_AllRows_IsDisjointAndComplete()
    {
        var split = DataSplit.Draw("x", 1000, 50, train: 0, validation: 200, test: 0);
        Assert.Equal((800, 200), (split.Train.Length, split.Validation.Length));
        Assert.Equal(Enumerable.Range(0, 1000), split.Train.Concat(split.Validation).Order());
        Assert.Equal(Enumerable.Range(0, 50), split.Test);
    }

    [Fact]
    public void Draw_FewerTrainingRows_IsTheStartOfMoreAndKeepsValidation()
    {
        var all = DataSplit.Draw("x", 1000, 50, train: 0, validation: 200, test: 0);
        var few = DataSplit.Draw("x", 1000, 50, train: 300, validation: 200, test: 7);
        Assert.Equal(all.Train[..300], few.Train);
        Assert.Equal(all.Validation, few.Validation);
        Assert.Equal(Enumerable.Range(0, 7), few.Test);
    }

    [Fact]
    public void Draw_SortedLabels_AreSpreadOverValidation()
    {
        var split = DataSplit.Draw("x", 10_000, 1, train: 0, validation: 2000, test: 0);
        var perTenth = split.Validation.CountBy(row => row / 1000).ToDictionary();
        for (var tenth = 0; tenth < 10; tenth++) Assert.InRange(perTenth[tenth], 150, 250);
    }

    [Fact]
    public void Draw_AsEver_GivesThePinnedRows() =>
        Assert.Equal(
            [51132, 26112, 35876, 49772, 28484, 17466, 15166, 25892],
            DataSplit.Draw("x", 60_000, 1, train: 0, validation: 10_000, test: 0).Validation[..8]);

    [Fact]
    public void Draw_Offsets_GiveDisjointTrainingSetsAndTheSameOtherRows()
    {
        var all = DataSplit.Draw("x", 1000, 50, train: 0, validation: 100, test: 0);
        var sets = Enumerable.Range(0, 3).Select(set => DataSplit.Draw("x", 1000, 50, train: 300, validation: 100, test: 0, offset: 300 * set)).ToList();

        Assert.Equal(all.Train, sets.SelectMany(set => set.Train));
        Assert.All(sets, set => Assert.Equal<int>([.. all.Validation, .. all.Test], [.. set.Validation, .. set.Test]));
        Assert.Equal(all.Train[700..], DataSplit.Draw("x", 1000, 50, train: 0, validation: 100, test: 0, offset: 700).Train);
    }

    [Fact]
    public void Draw_OffsetBeyondTheFile_SaysWhatIsThere()
    {
        var failure = Assert.Throws<DataException>(() => DataSplit.Draw("x", 1000, 50, train: 300, validation: 100, test: 0, offset: 601));

        Assert.Equal(
            ["data: 300 training and 100 validation rows asked for, 601 rows further on, but the training file of 'x' has 1000 rows"],
            failure.Problems);
    }

    [Fact]
    public void Resampled_ManyRows_HoldsTheBootstrapsShareOfThem()
    {
        var split = DataSplit.Draw("x", 20_000, 50, train: 0, validation: 100, test: 0);
        var drawn = Enumerable.Range(1, 5).Select(split.Resampled).ToList();

        Assert.All(drawn, resample =>
        {
            Assert.Equal(split.Train.Length, resample.Train.Length);
            Assert.Empty(resample.Train.Except(split.Train));
            Assert.Equal(1 - (1 / Math.E), (double)resample.Train.Distinct().Count() / split.Train.Length, 0.01); // 63.2%
            Assert.Equal<int>([.. split.Validation, .. split.Test], [.. resample.Validation, .. resample.Test]);
        });
        Assert.Equal(5, drawn.Select(resample => string.Join(',', resample.Train[..20])).Distinct().Count());
        Assert.Equal(drawn[2].Train, split.Resampled(3).Train);
        Assert.Equal(split.Train, split.Resampled(0).Train);
    }
}
