using ClusterTrain.Studies.Sweeps;

namespace ClusterTrain.Studies.Tests.Sweeps;

public sealed class MeanIntervalTests
{
    // Margins: t(0.975) from printed tables, 12.706 at 1, 4.303 at 2 and 2.776 at 4 degrees of freedom, times s / sqrt(n).
    [Theory]
    [InlineData(new[] { 1.0, 3.0 }, 2, 1.41421356, 12.706)]
    [InlineData(new[] { 1.0, 2.0, 3.0 }, 2, 1, 2.484)]
    [InlineData(new[] { 2.0, 4.0, 6.0, 8.0, 10.0 }, 6, 3.16227766, 3.926)]
    [InlineData(new[] { 5.0, 5.0, 5.0 }, 5, 0, 0)]
    public void Of_Values_HasTheTableMargin(double[] values, double mean, double deviation, double margin)
    {
        var interval = MeanInterval.Of(values)!;

        Assert.Equal(values.Length, interval.Count);
        Assert.Equal(mean, interval.Mean, 12);
        Assert.Equal(deviation, interval.Deviation!.Value, 7);
        Assert.Equal(margin, interval.Margin!.Value, 2e-3);
        Assert.Equal(interval.Mean - interval.Margin, interval.Low);
        Assert.Equal(interval.Mean + interval.Margin, interval.High);
    }

    [Fact]
    public void Of_OneValueOrNone_ClaimsNoSpread()
    {
        Assert.Equal(new MeanInterval(1, 0.5, null, null), MeanInterval.Of([0.5]));
        Assert.Null(MeanInterval.Of([]));
    }
}
