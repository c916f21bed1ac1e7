using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class ClassBalanceTests
{
    // 1,000 rows of each of five classes, in no order.
    private static readonly int[] Rows = [.. Enumerable.Range(0, 5000).Select(i => i * 1237 % 5000)];

    [Fact]
    public void Keep_Imbalance1_KeepsAll() => Assert.Same(Rows, ClassBalance.Keep(Rows, Label, 5, 1));

    [Theory]
    [InlineData(16, 1000, 500, 250, 125, 63)]
    [InlineData(10_000, 1000, 100, 10, 1, 1)]
    public void Keep_Imbalance_SharesFallGeometricallyToTheLast(double imbalance, params int[] expected)
    {
        var kept = ClassBalance.Keep(Rows, Label, 5, imbalance);

        Assert.Equal(expected, Enumerable.Range(0, 5).Select(c => kept.Count(row => Label(row) == c)));
    }

    [Fact]
    public void Keep_Imbalance_KeepsFirstRowsInOrder()
    {
        var kept = ClassBalance.Keep(Rows, Label, 5, 16);

        for (var c = 0; c < 5; c++)
        {
            var ofClass = kept.Where(row => Label(row) == c).ToList();
            Assert.Equal(Rows.Where(row => Label(row) == c).Take(ofClass.Count), ofClass);
        }

        Assert.Equal(Rows.Where(kept.ToHashSet().Contains), kept);
    }

    [Fact]
    public void Keep_ClassWithoutRows_HasNone() => Assert.Equal([3, 8], ClassBalance.Keep([3, 8], _ => 0, 5, 10));

    [Fact]
    public void Load_Imbalance_ThinsTrainingRowsAloneAndKeepsTheNoiseOfARow()
    {
        var spec = new DataSpec { Train = 1000, Validation = 200, Test = 50, LabelNoise = 0.5 };
        var (even, uneven) = (Load(spec), Load(spec with { Imbalance = 10 }));

        Assert.Equal((200, 50), (uneven.Validation.Rows, uneven.Test.Rows));
        Assert.InRange(uneven.Train.Rows, 300, 500);

        // Kept rows are among the others, with the same noisy label.
        var labels = Enumerable.Range(0, 1000).ToLookup(row => Convert.ToHexString(Bytes(even, row)), row => even.Train.Labels[row]);
        for (var row = 0; row < uneven.Train.Rows; row++)
            Assert.Contains(uneven.Train.Labels[row], labels[Convert.ToHexString(Bytes(uneven, row))]);
    }

    private static byte Label(int row) => (byte)(row % 5);

    private static byte[] Bytes(Dataset data, int row) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(data.Train.Row(row)).ToArray();

    private static Dataset Load(DataSpec spec) => DatasetLoader.Load(spec, new DataLocations([]));

    [Fact]
    public void Oversampled_RareClasses_AllHaveAsManyAsTheLargestAndNoRowIsLost()
    {
        byte[] labels = [0, 0, 0, 0, 0, 1, 1, 2, 0, 1];
        var rows = ClassBalance.Oversampled([.. Enumerable.Range(0, 10)], row => labels[row], 4);

        Assert.Equal(Enumerable.Range(0, 10), rows[..10]);
        Assert.Equal([6, 6, 6], rows.GroupBy(row => labels[row]).OrderBy(own => own.Key).Select(own => own.Count()));
        Assert.Equal(2, rows.Count(row => row == 5));
        Assert.Equal(6, rows.Count(row => row == 7));
    }

    [Fact]
    public void Weights_UnevenClasses_GiveEachTheSameSumAndTheRowsAMeanOfOne()
    {
        byte[] labels = [0, 0, 0, 0, 0, 1, 1, 3];
        var weights = ClassBalance.Weights(labels, 4);

        Assert.Equal(0, weights[2]);
        Assert.Equal(5 * weights[0], 2 * weights[1], 1e-6f);
        Assert.Equal(5 * weights[0], weights[3], 1e-6f);
        Assert.Equal(1, labels.Average(label => weights[label]), 1e-6f);
    }
}
