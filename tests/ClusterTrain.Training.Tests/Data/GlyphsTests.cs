using System.Security.Cryptography;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;

namespace ClusterTrain.Training.Tests.Data;

public sealed class GlyphsTests
{
    private const int Features = Glyphs.Side * Glyphs.Side;

    [Fact]
    public void Draw_FirstThousand_GivesThePinnedBytes() =>
        Assert.Equal(
            "fa1f3da66d3a1f293b9535b322ae2355e6b7cca1b584b387e22fc0785e06460b",
            Convert.ToHexStringLower(SHA256.HashData(Glyphs.Draw([.. Enumerable.Range(0, 1000)]))));

    [Fact]
    public void Draw_RowsInAnotherOrderAndCompany_GivesTheSameImages()
    {
        var all = Glyphs.Draw([.. Enumerable.Range(0, 400)]);
        int[] some = [399, 7, 128, 7];
        var drawn = Glyphs.Draw(some);
        for (var i = 0; i < some.Length; i++)
            Assert.Equal(all.AsSpan(some[i] * Features, Features), drawn.AsSpan(i * Features, Features));
    }

    [Fact]
    public void Label_AnyTenRowsInARow_HoldEachClassOnce()
    {
        for (var start = 0; start < 30; start++)
            Assert.Equal(Enumerable.Range(0, 10), Enumerable.Range(start, 10).Select(row => (int)Glyphs.Label(row)).Order());
    }

    [Fact]
    public void Draw_AllRows_AreDistinct()
    {
        var pixels = Glyphs.Draw([.. Enumerable.Range(0, Glyphs.TrainRows + Glyphs.TestRows)]);
        var hashes = Enumerable.Range(0, Glyphs.TrainRows + Glyphs.TestRows)
            .Select(row => Convert.ToHexString(SHA256.HashData(pixels.AsSpan(row * Features, Features)))).ToHashSet();
        Assert.Equal(Glyphs.TrainRows + Glyphs.TestRows, hashes.Count);
    }

    [Fact]
    public void Draw_AnyRow_HasInkOnADarkGround()
    {
        var pixels = Glyphs.Draw([.. Enumerable.Range(0, 500)]);
        for (var row = 0; row < 500; row++)
        {
            var image = pixels.AsSpan(row * Features, Features).ToArray();
            Assert.InRange(image.Count(pixel => pixel > 128), 15, 350);
            Assert.InRange(image.Order().ElementAt(Features / 2), 0, 64);
        }
    }

    /// <summary>The images must be worth learning: better than chance by far, yet too varied for their class means.</summary>
    [Fact]
    public void Draw_NearestClassMean_IsInformativeAndNotEnough()
    {
        const int train = 1500, test = 500;
        var pixels = Glyphs.Draw([.. Enumerable.Range(0, train + test)]);
        var means = new double[10, Features];
        for (var row = 0; row < train; row++)
            for (var f = 0; f < Features; f++) means[row % 10, f] += pixels[(row * Features) + f] / (train / 10.0);
        var right = Enumerable.Range(train, test).Count(row => Nearest(row) == row % 10);
        Assert.InRange(right / (double)test, 0.45, 0.85);

        int Nearest(int row) => Enumerable.Range(0, 10).MinBy(digit =>
        {
            var distance = 0.0;
            for (var f = 0; f < Features; f++)
            {
                var difference = pixels[(row * Features) + f] - means[digit, f];
                distance += difference * difference;
            }
            return distance;
        });
    }

    [Fact]
    public void Draw_PlainStyle_IsBlackAroundTheGlyph()
    {
        var plain = new GlyphStyle { Noise = new(0, 0), Background = new(0, 0), Strays = 0, OcclusionRate = 0, Shift = 0 };
        var pixels = Glyphs.Draw([.. Enumerable.Range(0, 200)], plain);
        for (var row = 0; row < 200; row++) Assert.Equal(0, pixels[row * Features]);
    }
}
