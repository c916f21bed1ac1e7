using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class SquareTests
{
    private static readonly MapShape Image = new(2, 6, 6);

    public static TheoryData<AttackNorm> Norms => [.. Enum.GetValues<AttackNorm>()];

    [Theory]
    [MemberData(nameof(Norms))]
    public void Run_QueryByQuery_NeverLosesGroundAndGainsSome(AttackNorm norm)
    {
        var (model, rows, labels) = Case(5);
        var margins = new List<float[]>();
        var plan = new SquareAttack { Norm = norm, Epsilon = norm == AttackNorm.Linf ? 0.1f : 1, Queries = 200 }.Worst(Image);
        Attacked.Run(model, plan, rows, labels, default, (_, best) => margins.Add(Margins(model, best, labels)));

        Assert.Equal(200, margins.Count);
        foreach (var (before, after) in margins.Zip(margins.Skip(1)))
            Assert.All(before.Zip(after), row => Assert.True(row.Second <= row.First));
        Assert.All(margins[0].Zip(margins[^1]), row => Assert.True(row.Second < row.First));
    }

    [Fact]
    public void Run_Anything_AsksForScoresAloneAndWithinItsBudget()
    {
        var (model, rows, labels) = Case(7);
        var plan = new SquareAttack { Epsilon = 0.001f, Queries = 50 }.Worst(Image);
        Attacked.Run(model, plan, rows, labels);

        Assert.Equal((50 * labels.Length, 0), model.Asked);
    }

    [Fact]
    public void Run_Linf_StartsWithStripesAndStaysOnCorners()
    {
        var (model, _, labels) = Case(3);
        float[] grey = [.. Enumerable.Repeat(0.5f, labels.Length * Image.Features)];
        var points = new List<float[]>();
        var plan = new SquareAttack { Epsilon = 0.25f, Queries = 60 }.Worst(Image);
        Attacked.Run(model, plan, grey, labels, default, (_, best) => points.Add(best));

        Assert.All(points.SelectMany(point => point), pixel => Assert.True(pixel is 0.25f or 0.75f));
        foreach (var map in points[0].Chunk(Image.Area))
            for (var i = Image.Width; i < map.Length; i++)
                Assert.Equal(map[i % Image.Width], map[i]);
        Assert.True(points[0].Distinct().Count() == 2, "all stripes have one sign");
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(10, 0.8)]
    [InlineData(11, 0.4)]
    [InlineData(51, 0.2)]
    [InlineData(201, 0.1)]
    [InlineData(501, 0.05)]
    [InlineData(1001, 0.025)]
    [InlineData(2001, 0.0125)]
    [InlineData(4001, 0.00625)]
    [InlineData(6001, 0.003125)]
    [InlineData(8001, 0.0015625)]
    public void Share_AtAQuery_IsHalvedAtThePublishedPlaces(int query, double share) =>
        Assert.Equal(share, SquareSchedule.Share(query), 1e-15);

    [Theory]
    [InlineData(28, 0.8, 25)]
    [InlineData(28, 0.05, 6)]
    [InlineData(28, 0.0001, 1)]
    [InlineData(4, 1, 3)]
    public void Window_OfAnImage_CoversItsShareAndNeverAll(int side, double share, int expected) =>
        Assert.Equal((expected, expected), new SquareCanvas(1, side, side).Window(share, 1));

    [Fact]
    public void Bump_AnySize_HasLengthOneAndTwoSigns()
    {
        for (var side = 2; side < 12; side++)
        {
            var bump = new SquareBump(side, side);
            double[] values = [.. from row in Enumerable.Range(0, side) from column in Enumerable.Range(0, side) select (double)bump.At(row, column, false)];

            Assert.Equal(1, values.Sum(value => value * value), 1e-6);
            Assert.All(values.Take(side * (side / 2)), value => Assert.True(value > 0));
            Assert.All(values.Skip(side * (side / 2)), value => Assert.True(value < 0));
            Assert.Equal(bump.At(0, side - 1, false), bump.At(side - 1, 0, true));
        }
    }

    [Fact]
    public void Propose_L2OfAPointAtTheEdge_MovesLengthBetweenTwoWindowsAndLeavesTheRest()
    {
        var (canvas, move) = (new SquareCanvas(2, 12, 12), new L2SquareMove());
        float[] grey = [.. Enumerable.Repeat(0.5f, 288)], point = new float[288], proposal = new float[288];
        var window = canvas.Window(0.1, 3);
        for (var query = 1; query < 50; query++)
        {
            var stream = new RandomStream(query, RandomPurpose.EvaluationStart);
            var signs = move.Signs(canvas);
            move.Start(canvas, SquareDraw.Of(stream, 0, 0, 100, signs), 0.5f, InputRange.Unit, grey, point);
            var draw = SquareDraw.Of(stream, 0, query, 100, signs);
            move.Propose(canvas, draw, 0.1, 0.5f, InputRange.Unit, grey, point, proposal);
            Attacked.AssertWithin(AttackNorm.L2, 0.5f, grey, proposal, 288);
            var (to, from) = (draw.Window(0, canvas, window), draw.Window(1, canvas, window));
            for (var i = 0; i < 288; i++)
            {
                var (row, column) = (i % 144 / 12, i % 12);
                bool IsIn((int Top, int Left) place) =>
                    row >= place.Top && row < place.Top + window.Height && column >= place.Left && column < place.Left + window.Width;
                if (IsIn(to)) continue;
                Assert.Equal(IsIn(from) ? 0.5f : point[i], proposal[i], 1e-5f);
            }

            Assert.NotEqual(point, proposal);
        }
    }

    private static (LinearModel Model, float[] Rows, byte[] Labels) Case(int seed)
    {
        var random = new Random(seed);
        var model = new LinearModel(
            [.. Enumerable.Range(0, 3).Select(_ => Sample.Values(random, Image.Features, -0.1, 0.1))], [20, 0, 0]);
        return (model, Sample.Values(random, 4 * Image.Features, 0, 1), new byte[4]);
    }

    private static float[] Margins(LinearModel model, float[] rows, byte[] labels) =>
    [
        .. model.Logits(rows, labels.Length).ToArray().Chunk(3)
            .Select((z, row) => z[labels[row]] - z.Where((_, j) => j != labels[row]).Max()),
    ];
}
