using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class AugmenterTests
{
    private static readonly MapShape Shape = new(3, 9, 8);
    private static readonly float[] Picture = Pictures.Random(Shape);

    private static readonly AugmentationRanges All = new()
    {
        Rotation = 180, ScaleMin = 0.5, ScaleMax = 2, Shift = 2, Shear = 0.5, Crop = 2, FlipHorizontal = true, FlipVertical = true,
        Brightness = 1, Contrast = 1, Saturation = 1, Noise = 0.5,
    };

    [Fact]
    public void Apply_EverythingAtItsWidest_StaysWithin0And1()
    {
        var (atZero, atOne) = (0, 0);
        for (var row = 0; row < 300; row++)
        {
            var changed = Applied(All, row: row);
            Assert.All(changed, value => Assert.InRange(value, 0f, 1f));
            atZero += changed.Count(value => value == 0f);
            atOne += changed.Count(value => value == 1f);
        }

        Assert.True(atZero > 1000 && atOne > 1000, $"{atZero} at 0 and {atOne} at 1: nothing was clipped");
    }

    [Fact]
    public void Apply_SameSeedStepAndRow_GivesTheSameBits() => Assert.Equal(Applied(All), Applied(All));

    [Theory]
    [InlineData(2, 3, 4)]
    [InlineData(1, 4, 4)]
    [InlineData(1, 3, 5)]
    public void Apply_OtherSeedStepOrRow_GivesOtherBits(long seed, long step, int row) =>
        Assert.NotEqual(Applied(All), Applied(All, seed, step, row));

    [Fact]
    public void Apply_NothingSet_IsTheIdentityToTheBit()
    {
        for (var row = 0; row < 50; row++) Bits.AssertEqual(Picture, Applied(new AugmentationRanges(), row: row), $"row {row}");
    }

    [Fact]
    public void Apply_HalfOfTheRows_LeavesTheOthersToTheBit()
    {
        var unchanged = Enumerable.Range(0, 400).Count(row => Picture.SequenceEqual(Applied(All with { Probability = 0.5 }, row: row)));

        // 4 standard errors of 400 tosses are 40.
        Assert.InRange(unchanged, 160, 240);
    }

    [Fact]
    public void Apply_EachRangeAlone_ChangesThePicture()
    {
        AugmentationRanges[] ranges =
        [
            new() { Rotation = 15 }, new() { ScaleMin = 0.8 }, new() { ScaleMax = 1.2 }, new() { Shift = 1 }, new() { Shear = 0.2 },
            new() { Crop = 1 }, new() { FlipHorizontal = true }, new() { FlipVertical = true }, new() { Brightness = 0.2 },
            new() { Contrast = 0.2 }, new() { Saturation = 0.2 }, new() { Noise = 0.1 },
        ];

        Assert.All(ranges, range =>
        {
            Assert.False(range.IsOff);
            Assert.Contains(Enumerable.Range(0, 20), row => !Picture.SequenceEqual(Applied(range, row: row)));
        });
    }

    [Fact]
    public void Apply_BrightnessContrastSaturation_StayWithinTheirBounds()
    {
        var ranges = new AugmentationRanges { Brightness = 0.2, Contrast = 0, Saturation = 0 };

        for (var row = 0; row < 100; row++)
        {
            var changed = Applied(ranges, row: row);
            for (var i = 0; i < changed.Length; i++)
                Assert.InRange(changed[i], Math.Min(1f, Picture[i] * 0.8f) - 1e-6f, Math.Min(1f, Picture[i] * 1.2f) + 1e-6f);
        }
    }

    [Fact]
    public void Apply_Twice_AllocatesNothing()
    {
        var target = new float[Picture.Length];
        Assert.Equal(0, Allocations.Of(() => Augmenter.Apply(All, Shape, Augmenter.Stream(1, 2, 3), Picture, target)));
    }

    private static float[] Applied(AugmentationRanges ranges, long seed = 1, long step = 3, int row = 4)
    {
        var target = new float[Picture.Length];
        Augmenter.Apply(ranges, Shape, Augmenter.Stream(seed, step, row), Picture, target);
        return target;
    }
}
