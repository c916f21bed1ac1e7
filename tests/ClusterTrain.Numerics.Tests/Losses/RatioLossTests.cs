using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Losses;

/// <summary>DLR, targeted DLR and margin: values, gradients, invariances.</summary>
public sealed class RatioLossTests
{
    private const int Classes = 5;

    public static TheoryData<string> Names => ["dlr", "targeted", "margin"];

    [Theory]
    [InlineData("dlr", 0, -(4.0 - 3) / (4 - 1))]
    [InlineData("dlr", 1, -(3.0 - 4) / (4 - 1))]
    [InlineData("dlr", 4, -(-2.0 - 4) / (4 - 1))]
    [InlineData("targeted", 0, -(4.0 - 1) / (4 - ((1 - 1) / 2.0)))]
    [InlineData("targeted", 4, -(-2.0 - 1) / (4 - ((1 - 1) / 2.0)))]
    [InlineData("margin", 0, 3.0 - 4)]
    [InlineData("margin", 2, 4.0 - 1)]
    public void Evaluate_ByHand_IsTheFormula(string name, byte label, double expected)
    {
        // Descending: 4, 3, 1, -1, -2; the target is class 2.
        var losses = new float[1];
        Loss(name, 2).Evaluate([4, 3, 1, -1, -2], [label], Classes, losses, default);

        Assert.Equal(expected, losses[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_RandomScores_GradientIsTheFiniteDifference(string name)
    {
        var random = new Random(3);
        for (var draw = 0; draw < 200; draw++)
        {
            // Scores apart from each other, so that a small step changes no order.
            float[] z = [.. Enumerable.Range(0, Classes).Select(j => j + (0.5f * random.NextSingle())).OrderBy(_ => random.Next())];
            var (label, target) = Pair(random);
            var gradient = new float[Classes];
            Loss(name, target).Evaluate(z, [label], Classes, new float[1], gradient);
            for (var j = 0; j < Classes; j++)
            {
                const float step = 1f / 256;
                var difference = (Value(name, target, label, z, j, step) - Value(name, target, label, z, j, -step)) / (2 * step);
                Assert.Equal(difference, gradient[j], 2e-4);
            }
        }
    }

    [Theory]
    [InlineData("dlr")]
    [InlineData("targeted")]
    public void Evaluate_ScaledAndShiftedScores_IsTheSame(string name)
    {
        var random = new Random(4);
        float[] z = Sample.Values(random, Classes, -2, 2), other = [.. z.Select(score => (score * 1e4f) + 77)];
        var (losses, changed) = (new float[1], new float[1]);
        Loss(name, 3).Evaluate(z, [1], Classes, losses, default);
        Loss(name, 3).Evaluate(other, [1], Classes, changed, default);

        Assert.Equal(losses[0], changed[0], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_EqualScores_AreFinite(string name)
    {
        var (losses, gradient) = (new float[1], new float[Classes]);
        Loss(name, 1).Evaluate(new float[Classes], [0], Classes, losses, gradient);

        Assert.All(gradient.Append(losses[0]), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("dlr")]
    [InlineData("margin")]
    public void Evaluate_AnyScores_IsAboveZeroExactlyWhereMisclassified(string name)
    {
        var random = new Random(5);
        for (var draw = 0; draw < 200; draw++)
        {
            var z = Sample.Values(random, Classes, -1, 1);
            var (label, losses) = ((byte)random.Next(Classes), new float[1]);
            Loss(name, 0).Evaluate(z, [label], Classes, losses, default);
            Assert.Equal(SoftmaxCrossEntropy.Predict(z) != label, losses[0] > 0);
        }
    }

    [Fact]
    public void Wrong_ByRank_IsTheOrderOfTheOtherClasses()
    {
        float[] z = [0.5f, 3, 0.5f, -1, 2];

        Assert.Equal([4, 0, 2, 3], Enumerable.Range(0, 4).Select(rank => TopScores.Wrong(z, 1, rank)));
        Assert.Equal([1, 4, 0, 2], Enumerable.Range(0, 4).Select(rank => TopScores.Wrong(z, 3, rank)));
        Assert.Equal(4, TopScores.Wrong(z, 1));
        Assert.Equal(1, TopScores.Wrong(z, 0));
    }

    [Fact]
    public void Evaluate_TooFewClasses_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Loss("dlr", 0).Evaluate([1, 2], [0], 2, new float[1], default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Loss("targeted", 1).Evaluate([1, 2, 3], [0], 3, new float[1], default));
    }

    private static (byte Label, byte Target) Pair(Random random)
    {
        var label = random.Next(Classes);
        return ((byte)label, (byte)((label + 1 + random.Next(Classes - 1)) % Classes));
    }

    private static double Value(string name, byte target, byte label, float[] z, int j, float step)
    {
        var moved = (float[])z.Clone();
        moved[j] += step;
        var losses = new float[1];
        Loss(name, target).Evaluate(moved, [label], Classes, losses, default);
        return losses[0];
    }

    private static ILogitLoss Loss(string name, byte target) => name switch
    {
        "dlr" => DlrLoss.Instance,
        "margin" => MarginLoss.Instance,
        _ => new TargetedDlrLoss { Targets = [target] },
    };
}
