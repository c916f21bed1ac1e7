using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class CutMixTests
{
    private static readonly MapShape Shape = new(3, 8, 10);

    [Fact]
    public void Paste_ManyDraws_ChangesExactlyTheAreaThatTheLabelGivesAway()
    {
        var shares = new List<double>();
        for (var row = 0; row < 2000; row++)
        {
            var box = CutMix.Draw(1, Shape, CutMix.Stream(3, 5, row));
            float[] picture = new float[Shape.Features], other = [.. Enumerable.Repeat(1f, Shape.Features)];
            box.Paste(Shape, other, picture);

            foreach (var map in picture.Chunk(Shape.Area))
            {
                Assert.Equal(1 - box.Own(Shape), map.Sum() / Shape.Area, 1e-6f);
                Assert.Equal(picture[..Shape.Area], map);
            }

            shares.Add(box.Own(Shape));
        }

        // Lambda is uniform, the box is cut off at the edges, and its sides are even: 6 of 8 and 8 of 10 at most.
        Assert.InRange(shares.Average(), 0.6, 0.9);
        Assert.Equal(1 - (48 / 80.0), shares.Min(), 1e-6);
        Assert.Equal(1, shares.Max());
    }

    [Fact]
    public void Draw_Probability_IsTheShareOfRowsThatAreMixed()
    {
        var mixed = Enumerable.Range(0, 4000).Count(row => CutMix.Draw(0.25, new MapShape(1, 100, 100), CutMix.Stream(1, 0, row)) != default);

        Assert.InRange(mixed / 4000.0, 0.22, 0.28);
    }

    [Fact]
    public void Cutout_EveryMiddle_ClearsItsSquareWithinThePicture()
    {
        for (var down = 0; down < Shape.Height; down++)
        {
            for (var across = 0; across < Shape.Width; across++)
            {
                float[] picture = [.. Enumerable.Repeat(1f, Shape.Features)];
                Cutout.Apply(Shape, 4, (down + 0.5f) / Shape.Height, (across + 0.5f) / Shape.Width, picture);
                for (var i = 0; i < picture.Length; i++)
                {
                    var (row, column) = (i % Shape.Area / Shape.Width, i % Shape.Width);
                    var isIn = row >= down - 2 && row < down + 2 && column >= across - 2 && column < across + 2;
                    Assert.Equal(isIn ? 0f : 1f, picture[i]);
                }
            }
        }
    }

    [Fact]
    public void Apply_CutoutAlone_LeavesTheRestToTheBit()
    {
        var source = new float[Shape.Features];
        new RandomStream(1, RandomPurpose.Audit).FillUniform(source, 0.25f, 1);
        var target = new float[Shape.Features];
        Augmenter.Apply(new AugmentationRanges { Cutout = 3 }, Shape, Augmenter.Stream(1, 2, 3), source, target);

        Assert.Contains(0f, target);
        Assert.All(source.Zip(target), pixel => Assert.True(pixel.Second == 0 || pixel.Second == pixel.First));
    }
}
