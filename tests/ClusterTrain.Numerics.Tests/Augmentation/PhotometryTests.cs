using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class PhotometryTests
{
    private static readonly MapShape Grey = new(1, 2, 2);
    private static readonly MapShape Colour = new(3, 1, 2);

    [Fact]
    public void Brightness_Factor_MultipliesEveryValue()
    {
        float[] picture = [0f, 0.25f, 0.5f, 1f];

        Photometry.Brightness(picture, 1.2);

        Assert.Equal([0f, 0.3f, 0.6f, 1.2f], picture);
    }

    [Fact]
    public void Contrast_Factor_StretchesAroundTheMean()
    {
        float[] picture = [0.2f, 0.4f, 0.6f, 0.8f];

        Photometry.Contrast(picture, 0.5);

        var expected = new[] { 0.35, 0.45, 0.55, 0.65 };
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], picture[i], 1e-6);
    }

    [Fact]
    public void Saturation_Factor_StretchesAroundTheGreyOfEachPixel()
    {
        // One red pixel, one grey one, channel after channel.
        float[] picture = [1f, 0.4f, 0f, 0.4f, 0f, 0.4f];

        Photometry.Saturation(Colour, picture, 0.5);

        var expected = new[] { 0.6495, 0.4, 0.1495, 0.4, 0.1495, 0.4 };
        for (var i = 0; i < 6; i++) Assert.Equal(expected[i], picture[i], 1e-6);
    }

    [Fact]
    public void Saturation_OfOneChannel_IsAnError() =>
        Assert.Throws<ArgumentException>(() => Photometry.Saturation(Grey, new float[4], 0.5));

    [Fact]
    public void Factor1_ChangesNoBit()
    {
        var picture = Pictures.Random(Colour);
        var copy = picture.ToArray();

        Photometry.Brightness(picture, 1);
        Photometry.Contrast(picture, 1);
        Photometry.Saturation(Colour, picture, 1);

        Assert.Equal(copy, picture);
    }

    [Fact]
    public void Clip_Values_StayOrGoToTheNearestEnd()
    {
        float[] picture = [-0.5f, 0f, 0.3f, 1f, 7f];

        Photometry.Clip(picture);

        Assert.Equal([0f, 0f, 0.3f, 1f, 1f], picture);
    }
}
