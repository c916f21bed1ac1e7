using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class FabTests
{
    private static readonly float[] Slope = [0.5f, -0.75f, 1, 0.25f, -1, 0.1f, 0.6f, -0.3f];

    public static TheoryData<AttackNorm> Norms => [.. Enum.GetValues<AttackNorm>()];

    [Theory]
    [MemberData(nameof(Norms))]
    public void Run_LinearBoundary_FindsThePointNearestToTheRow(AttackNorm norm)
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var model = LinearModel.Duel(Slope, 0.1f);
        var margin = 2 * ((0.5 * Slope.Sum()) + 0.1);
        var steepness = 2 * (norm == AttackNorm.Linf ? Slope.Sum(Math.Abs) : Math.Sqrt(Slope.Sum(slope => (double)slope * slope)));
        var attack = EvaluationPlans.Of("fabTargeted", norm, 0.9f);
        var found = Attacked.Run(model, attack.Worst(), grey, [0]);
        double[] moves = [.. found.Zip(grey, (a, b) => (double)a - b)];
        var distance = norm == AttackNorm.Linf ? moves.Max(Math.Abs) : Math.Sqrt(moves.Sum(move => move * move));

        Assert.InRange(distance, margin / steepness, 1.01 * margin / steepness);
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Run_BallThatEndsShortOfTheBoundary_LeavesTheRow(AttackNorm norm)
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, Slope.Length)];
        var adversarial = Attacked.Run(LinearModel.Duel(Slope, 3), EvaluationPlans.Of("fabTargeted", norm, 0.05f).Worst(), grey, [0]);

        Assert.Equal(grey, adversarial);
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Move_RandomPlanes_ReachThemOnTheShortestWayWithinTheBox(AttackNorm norm)
    {
        var (random, met, missed) = (new Random(5), 0, 0);
        for (var trial = 0; trial < 300; trial++)
        {
            const int features = 9;
            var point = Sample.Values(random, features, 0, 1);
            float[] gradient = [.. Sample.Values(random, features, -1, 1).Select(slope => Math.Abs(slope) < 0.2f ? 0 : slope)];
            var value = (4 * random.NextDouble()) - 2;
            var move = new double[features];
            var length = BoxProjection.Move(norm, InputRange.Unit, point, gradient, value, move);

            Assert.All(point.Zip(move), at => Assert.InRange(at.First + at.Second, -1e-9, 1 + 1e-9));
            var left = value + gradient.Zip(move, (slope, step) => slope * step).Sum();
            var (shortest, most) = Bisected(norm, point, gradient, value);
            if (most < Math.Abs(value)) missed++;
            else met++;
            Assert.Equal(Math.Max(0, Math.Abs(value) - most), Math.Abs(left), 1e-6);
            Assert.Equal(shortest, length, 1e-5);
        }

        Assert.True(met > 50 && missed > 10);
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Move_BoxOfOtherRanges_IsThatOfTheUnitBoxBroughtThere(AttackNorm norm)
    {
        var random = new Random(6);
        for (var trial = 0; trial < 50; trial++)
        {
            const int features = 7;
            float[] point = [.. Enumerable.Range(0, features).Select(_ => random.Next(1025) / 1024f)], gradient = Sample.Values(random, features, -1, 1);
            var value = (4 * random.NextDouble()) - 2;
            double[] unit = new double[features], moved = new double[features];
            BoxProjection.Move(norm, InputRange.Unit, point, gradient, value, unit);

            // Ten lower and four times as wide; the plane is as many widths away.
            var box = InputRange.Of([.. Enumerable.Repeat(-10f, features)], [.. Enumerable.Repeat(-6f, features)]);
            BoxProjection.Move(norm, box, [.. point.Select(x => (4 * x) - 10)], gradient, 4 * value, moved);

            Assert.All(unit.Zip(moved), pair => Assert.Equal(4 * pair.First, pair.Second, 1e-6));
        }
    }

    // How far each input goes at a time t, by bisection over t; and the most that the box allows.
    private static (double Shortest, double Most) Bisected(AttackNorm norm, float[] point, float[] gradient, double value)
    {
        double[] At(double t) => [.. point.Zip(gradient, (x, slope) =>
        {
            var towards = value > 0 ? -slope : slope;
            var room = towards > 0 ? 1.0 - x : x;
            return slope == 0 ? 0 : Math.Min(norm == AttackNorm.Linf ? t : t * Math.Abs(slope), room);
        })];
        double Reached(double t) => At(t).Zip(gradient, (step, slope) => step * Math.Abs(slope)).Sum();
        var (low, high) = (0.0, 1e3);
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if (Reached(middle) < Math.Abs(value)) low = middle;
            else high = middle;
        }

        var steps = At(low);
        return (norm == AttackNorm.Linf ? steps.Max() : Math.Sqrt(steps.Sum(step => step * step)), Reached(1e3));
    }
}
