using ClusterTrain.Training.Data;

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
}
