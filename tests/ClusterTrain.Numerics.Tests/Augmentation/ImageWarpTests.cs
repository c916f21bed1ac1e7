using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Augmentation;

public sealed class ImageWarpTests
{
    private static readonly AugmentationDraw Rest = AugmentationDraw.None;

    public static TheoryData<MapShape> Shapes => [new MapShape(1, 7, 7), new MapShape(1, 28, 28), new MapShape(3, 5, 8), new MapShape(2, 1, 4)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Apply_Angle0_IsTheIdentityToTheBit(MapShape shape)
    {
        var picture = Pictures.Random(shape);

        Assert.Equal(AffineMap.Identity, AffineMap.Of(Rest));
        Bits.AssertEqual(picture, Warped(shape, Rest, picture), "angle 0");
        Bits.AssertEqual(picture, Warped(shape, Rest with { Angle = 360 }, picture), "angle 360");
    }

    [Theory]
    [InlineData(90)]
    [InlineData(-90)]
    [InlineData(180)]
    [InlineData(270)]
    public void Apply_QuarterTurns_AreExact(double angle)
    {
        var shape = new MapShape(2, 6, 6);
        var picture = Pictures.Random(shape);

        var turns = (int)(((angle / 90) + 4) % 4);
        var expected = picture;
        for (var i = 0; i < turns; i++) expected = TurnedLeft(shape, expected);

        Assert.Equal(expected, Warped(shape, Rest with { Angle = angle }, picture));
    }

    // Bilinear sampling of f is off by at most h^2 / 8 (max |f_xx| + max |f_yy|), with h = 1 pixel.
    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(37)]
    public void Apply_SmoothPattern_IsItsExactRotation(double angle)
    {
        const double u = 0.3;
        const double v = 0.2;
        const double tolerance = (0.5 * ((u * u) + (v * v)) / 8) + 1e-6;
        var shape = new MapShape(1, 28, 28);
        static float Pattern(double x, double y) => (float)(0.5 + (0.5 * Math.Sin((u * x) + (v * y) + 0.4)));

        var warped = Warped(shape, Rest with { Angle = angle }, Drawn(shape, Pattern));

        var (sin, cos) = Math.SinCos(angle * Math.PI / 180);
        var expected = Drawn(shape, (x, y) => Pattern((cos * x) - (sin * y), (sin * x) + (cos * y)));
        var compared = 0;
        for (var row = 0; row < 28; row++)
        {
            for (var column = 0; column < 28; column++)
            {
                // Within this circle all comes from inside the picture.
                if (Math.Pow(row - 13.5, 2) + Math.Pow(column - 13.5, 2) > 13 * 13) continue;
                Assert.Equal(expected[(row * 28) + column], warped[(row * 28) + column], tolerance);
                compared++;
            }
        }

        Assert.InRange(compared, 500, 784);
    }

    // A plane is sampled exactly, so each parameter alone must give what its definition says.
    [Theory]
    [InlineData(1.25, 0, 0, 0)]
    [InlineData(1, 0.5, 0, 0)]
    [InlineData(1, 0, 1.5, -2.25)]
    [InlineData(1.2, 0.3, 0.5, 1)]
    public void Apply_Plane_IsMovedAsDefined(double scale, double shear, double shiftX, double shiftY)
    {
        var shape = new MapShape(1, 15, 15);
        static float Plane(double x, double y) => (float)(0.5 + (0.02 * x) + (0.013 * y));

        var warped = Warped(
            shape, Rest with { Scale = scale, Shear = shear, ShiftX = shiftX, ShiftY = shiftY }, Drawn(shape, Plane));

        // A point (x, y) goes to (scale x + shear scale y + shiftX, scale y + shiftY).
        for (var y = -1; y <= 1; y++)
        {
            for (var x = -1; x <= 1; x++)
            {
                var fromY = (y - shiftY) / scale;
                var fromX = ((x - shiftX) / scale) - (shear * fromY);
                Assert.Equal(Plane(fromX, fromY), warped[((y + 7) * 15) + x + 7], 1e-6);
            }
        }
    }

    [Fact]
    public void Apply_WholePixels_CopiesAndFillsWithZeros()
    {
        var shape = new MapShape(1, 4, 5);
        var picture = Pictures.Random(shape);

        var warped = Warped(shape, Rest with { ShiftX = 2, ShiftY = -1 }, picture);

        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 5; column++)
                Assert.Equal(row + 1 < 4 && column >= 2 ? picture[((row + 1) * 5) + column - 2] : 0f, warped[(row * 5) + column]);
    }

    [Fact]
    public void Apply_Flips_ExchangeSides()
    {
        var shape = new MapShape(1, 4, 5);
        var picture = Pictures.Random(shape);

        var leftRight = Warped(shape, Rest with { FlipHorizontal = true }, picture);
        var both = Warped(shape, Rest with { FlipHorizontal = true, FlipVertical = true }, picture);

        for (var i = 0; i < 20; i++) Assert.Equal(picture[(i / 5 * 5) + 4 - (i % 5)], leftRight[i]);
        Assert.Equal(picture.Reverse(), both);
    }

    [Fact]
    public void Apply_FarAway_IsBlack() =>
        Assert.All(Warped(new MapShape(1, 3, 3), Rest with { ShiftX = 1e300 }, Pictures.Random(new MapShape(1, 3, 3))), value => Assert.Equal(0f, value));

    private static float[] Warped(MapShape shape, AugmentationDraw draw, float[] picture)
    {
        var target = new float[picture.Length];
        Array.Fill(target, float.NaN);
        ImageWarp.Apply(shape, AffineMap.Of(draw), picture, target);
        return target;
    }

    // x to the right and y down, from the middle.
    private static float[] Drawn(MapShape shape, Func<double, double, float> value) =>
        [.. Enumerable.Range(0, shape.Area).Select(i =>
            value((i % shape.Width) - ((shape.Width - 1) / 2.0), (i / shape.Width) - ((shape.Height - 1) / 2.0)))];

    /// <summary>Counter-clockwise by 90 degrees: the last column becomes the first row.</summary>
    private static float[] TurnedLeft(MapShape shape, float[] picture)
    {
        var (side, turned) = (shape.Width, new float[picture.Length]);
        for (var channel = 0; channel < shape.Channels; channel++)
            for (var row = 0; row < side; row++)
                for (var column = 0; column < side; column++)
                    turned[(((channel * side) + row) * side) + column] = picture[(((channel * side) + column) * side) + side - 1 - row];
        return turned;
    }
}
