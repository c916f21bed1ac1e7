using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class RandomStartTests
{
    private const int Rows = 8000;
    private const float Epsilon = 0.25f;

    public static TheoryData<AttackNorm> Norms => [.. Enum.GetValues<AttackNorm>()];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Start_L2_FillsTheBallEvenly(int features)
    {
        var moves = Moves(AttackNorm.L2, features);

        // In a d-ball the share of points within radius r is (r / epsilon)^d.
        AssertUniform(moves.Select(move => Math.Pow(Math.Sqrt(move.Sum(x => x * x)) / Epsilon, features)));
        AssertCentred(moves, Epsilon * Math.Sqrt(1.0 / (features + 2)));
    }

    [Fact]
    public void Start_Linf_FillsTheCubeEvenly()
    {
        var moves = Moves(AttackNorm.Linf, 3);

        for (var i = 0; i < 3; i++)
            AssertUniform(moves.Select(move => (move[i] / (2 * Epsilon)) + 0.5));
        AssertCentred(moves, Epsilon / Math.Sqrt(3));
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Start_RowOfABatch_DependsOnItsOwnPixelsAndPlaceOnly(AttackNorm norm)
    {
        var random = new Random(903);
        var rows = Sample.Values(random, 6 * 7, 0, 1);
        var others = Sample.Values(random, 6 * 7, 0, 1);
        rows.AsSpan(3 * 7, 7).CopyTo(others.AsSpan(3 * 7));
        var start = new AttackStart(1, 2, 3);
        var expected = Attacked.Start(norm, 0.1f, rows, 7, start).AsSpan(3 * 7, 7);

        Bits.AssertEqual(expected, Attacked.Start(norm, 0.1f, others, 7, start).AsSpan(3 * 7, 7), "beside other rows");
        Bits.AssertEqual(
            expected, Attacked.Start(norm, 0.1f, rows[..(4 * 7)], 7, start).AsSpan(3 * 7, 7), "in a smaller batch");
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Start_EqualRows_StartFromDifferentPoints(AttackNorm norm)
    {
        var points = Attacked.Start(norm, 0.1f, Grey(20, 7), 7, default).Chunk(7).ToArray();

        Assert.Equal(20 * 7, points.SelectMany(point => point).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Start_AnyPartOfItsNameChanged_IsAnotherPoint(AttackNorm norm)
    {
        AttackStart[] starts =
        [
            new(1, 2, 3), new(9, 2, 3), new(1, 9, 3), new(1, 2, 9), new(1, 2, 3, RandomPurpose.EvaluationStart),
        ];
        var points = starts.Select(start => string.Join(' ', Attacked.Start(norm, 0.1f, Grey(1, 5), 5, start))).ToArray();

        Assert.Equal(starts.Length, points.Distinct().Count());
        Assert.Equal(points[0], string.Join(' ', Attacked.Start(norm, 0.1f, Grey(1, 5), 5, starts[0])));
    }

    private static double[][] Moves(AttackNorm norm, int features) =>
    [
        .. Attacked.Start(norm, Epsilon, Grey(Rows, features), features, new AttackStart(1, 2, 3))
            .Chunk(features).Select(point => point.Select(pixel => pixel - 0.5).ToArray()),
    ];

    private static float[] Grey(int rows, int features) => [.. Enumerable.Repeat(0.5f, rows * features)];

    /// <summary>Kolmogorov and Smirnov's distance to the uniform distribution on [0, 1]; 1.95 / sqrt(n) is passed by one in 1000.</summary>
    private static void AssertUniform(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var distance = sorted.Select((value, i) => Math.Max(value - ((double)i / Rows), ((i + 1.0) / Rows) - value)).Max();
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(Rows));
    }

    private static void AssertCentred(double[][] moves, double deviation)
    {
        for (var i = 0; i < moves[0].Length; i++)
        {
            var error = deviation / Math.Sqrt(Rows);
            Assert.InRange(moves.Average(move => move[i]), -4 * error, 4 * error);
            var variance = moves.Average(move => move[i] * move[i]);
            Assert.InRange(variance / (deviation * deviation), 0.93, 1.07);
        }
    }
}
