using ClusterTrain.Numerics.Augmentation;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class AugmentationDrawTests
{
    private const int Draws = 10_000;

    private static readonly AugmentationRanges All = new()
    {
        Rotation = 15, ScaleMin = 0.8, ScaleMax = 1.2, Shift = 2.5, Shear = 0.1, Crop = 3, FlipHorizontal = true, FlipVertical = true,
        Brightness = 0.2, Contrast = 0.25, Saturation = 0.3, Noise = 0.1,
    };

    [Fact]
    public void Of_TenThousandRows_StaysInRangeAndReachesItsEnds()
    {
        var draws = Of(All);

        InRangeToItsEnds(draws, -15, 15, draw => draw.Angle);
        InRangeToItsEnds(draws, 0.8, 1.2, draw => draw.Scale);
        InRangeToItsEnds(draws, -0.1, 0.1, draw => draw.Shear);
        InRangeToItsEnds(draws, 0.8, 1.2, draw => draw.Brightness);
        InRangeToItsEnds(draws, 0.75, 1.25, draw => draw.Contrast);
        InRangeToItsEnds(draws, 0.7, 1.3, draw => draw.Saturation);

        // The sum of two ranges is rarely near its ends.
        Assert.All(draws, draw => Assert.InRange(Math.Max(Math.Abs(draw.ShiftX), Math.Abs(draw.ShiftY)), 0, 5.5));
        Assert.InRange(draws.Max(draw => draw.ShiftX), 5, 5.5);
        Assert.InRange(draws.Min(draw => draw.ShiftY), -5.5, -5);
    }

    [Fact]
    public void Of_Flips_AreHalfOfTheRowsAndIndependent()
    {
        var draws = Of(All);

        // Standard errors of a share of 10,000: 0.005 at 1/2, 0.0043 at 1/4.
        Assert.InRange(draws.Count(draw => draw.FlipHorizontal) / (double)Draws, 0.48, 0.52);
        Assert.InRange(draws.Count(draw => draw.FlipVertical) / (double)Draws, 0.48, 0.52);
        Assert.InRange(draws.Count(draw => draw.FlipHorizontal && draw.FlipVertical) / (double)Draws, 0.23, 0.27);
    }

    [Fact]
    public void Of_Crop_IsAWholeNumberOfPixelsEachAsLikely()
    {
        var draws = Of(new AugmentationRanges { Crop = 2 });

        foreach (var pixels in new[] { -2, -1, 0, 1, 2 })
        {
            Assert.InRange(draws.Count(draw => draw.ShiftX == pixels) / (double)Draws, 0.18, 0.22);
            Assert.InRange(draws.Count(draw => draw.ShiftY == pixels) / (double)Draws, 0.18, 0.22);
        }

        Assert.InRange(draws.Count(draw => draw.ShiftX == draw.ShiftY) / (double)Draws, 0.18, 0.22);
    }

    [Fact]
    public void Of_Probability_IsTheShareOfRowsThatChange()
    {
        var draws = Of(All with { Probability = 0.3 });

        Assert.InRange(draws.Count(draw => draw.Applies) / (double)Draws, 0.28, 0.32);
        Assert.All(draws.Where(draw => !draw.Applies), draw => Assert.Equal(AugmentationDraw.None, draw));
    }

    [Fact]
    public void Of_NothingSet_IsAtRest() =>
        Assert.All(Of(new AugmentationRanges()), draw => Assert.Equal(AugmentationDraw.None with { Applies = true }, draw));

    [Fact]
    public void Of_OneMoreParameter_LeavesTheOthersAsTheyAre()
    {
        var before = Of(All with { Rotation = 0 });

        Assert.Equal(before, Of(All).Select(draw => draw with { Angle = 0 }));
    }

    private static List<AugmentationDraw> Of(AugmentationRanges ranges) =>
        [.. Enumerable.Range(0, Draws).Select(row => AugmentationDraw.Of(ranges, Augmenter.Stream(seed: 3, row / 100, row)))];

    private static void InRangeToItsEnds(List<AugmentationDraw> draws, double low, double high, Func<AugmentationDraw, double> value)
    {
        var values = draws.Select(value).ToList();
        Assert.All(values, number => Assert.InRange(number, low - 1e-9, high + 1e-9));
        Assert.InRange(values.Min(), low - 1e-9, low + ((high - low) * 0.01));
        Assert.InRange(values.Max(), high - ((high - low) * 0.01), high + 1e-9);

        // Mean of uniform numbers, within 4 standard errors.
        var error = (high - low) / Math.Sqrt(12.0 * Draws);
        Assert.InRange(values.Average(), ((low + high) / 2) - (4 * error), ((low + high) / 2) + (4 * error));
    }
}
