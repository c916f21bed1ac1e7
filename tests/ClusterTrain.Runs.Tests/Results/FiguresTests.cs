using ClusterTrain.Runs.Results;

namespace ClusterTrain.Runs.Tests.Results;

public sealed class FiguresTests
{
    // Rounded before the units are chosen, so that no figure reads as 60 of anything.
    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.96, "1 min 0 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(119.6, "2 min 0 s")]
    [InlineData(3599.4, "59 min 59 s")]
    [InlineData(3599.9, "1 h 0 min")]
    [InlineData(7_384, "2 h 3 min")]
    [InlineData(7_199, "2 h 0 min")]
    [InlineData(360_000, "100 h 0 min")]
    [InlineData(double.NaN, "unknown")]
    public void Duration_OfSeconds_ReadsLikeWords(double seconds, string text)
    {
        Assert.Equal(text, Figures.Duration(seconds));
        if (double.IsFinite(seconds)) Assert.Equal(text, Figures.Duration(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Percent_OfShares_HasOneDecimalAndADashWhereThereIsNone()
    {
        Assert.Equal("98.8%", Figures.Percent(0.98765));
        Assert.Equal("unknown", Figures.Percent(double.NaN));
        Assert.Equal(("12.5%", "-"), (Figures.PercentOrDash(0.125), Figures.PercentOrDash(null)));
    }
}
