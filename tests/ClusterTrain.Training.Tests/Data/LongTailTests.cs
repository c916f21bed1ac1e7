using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class LongTailTests
{
    // Three classes of 100, 200 and 300 rows, mixed.
    private static readonly byte[] Labels = [.. Enumerable.Range(0, 600).Select(i => (byte)(i % 6 == 0 ? 0 : i % 6 < 3 ? 1 : 2))];

    [Theory]
    [InlineData(1, 100, 200, 300)]
    [InlineData(0.25, 100, 100, 75)]
    [InlineData(0.01, 100, 20, 3)]
    [InlineData(1e-9, 100, 1, 1)]
    public void Thin_Balance_KeepsSharesInEvenRatios(double balance, int first, int second, int third)
    {
        var rows = LongTail.Thin([.. Enumerable.Range(0, 600)], row => Labels[row], 3, balance);

        Assert.Equal([first, second, third], new byte[] { 0, 1, 2 }.Select(label => rows.Count(row => Labels[row] == label)));
        Assert.Equal(rows.Order(), rows);
    }

    [Fact]
    public void Thin_LessBalance_IsAPartOfMore()
    {
        int[] Rows(double balance) => LongTail.Thin([.. Enumerable.Range(0, 600).Reverse()], row => Labels[row], 3, balance);

        Assert.Subset(Rows(0.5).ToHashSet(), Rows(0.1).ToHashSet());
    }

    [Fact]
    public void Load_Balance_ThinsTrainingRowsAloneAndIsPartOfTheHash()
    {
        var spec = new DataSpec { Train = 500, Validation = 100, Test = 50 };
        var (whole, thin) = (DatasetLoader.Load(spec, new DataLocations([])), DatasetLoader.Load(spec with { ClassBalance = 0.1 }, new DataLocations([])));

        Assert.NotEqual(whole.Hash, thin.Hash);
        Assert.Equal(whole.Validation.Labels, thin.Validation.Labels);
        Assert.Equal(whole.Test.Labels, thin.Test.Labels);
        Assert.Equal(whole.Train.Labels.Count(label => label == 0), thin.Train.Labels.Count(label => label == 0));
        Assert.InRange(thin.Train.Labels.Count(label => label == 9), 3, 8);
        Assert.True(thin.Train.Rows < 300);
    }
}
