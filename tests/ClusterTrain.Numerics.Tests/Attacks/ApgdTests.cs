using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class ApgdTests
{
    private static readonly TrainedNetwork Trained = new(2, 12);

    [Fact]
    public void Checkpoints_OfAHundredSteps_AreThePapers()
    {
        Assert.Equal([22, 41, 57, 70, 80, 87, 93, 99], ApgdCheckpoints.Of(100));
        Assert.Equal([3, 5, 6, 7, 8, 9, 10], ApgdCheckpoints.Of(10));
        Assert.Equal([1], ApgdCheckpoints.Of(1));
    }

    [Fact]
    public void LookBack_MostStepsRise_KeepsTheStep()
    {
        var row = new ApgdRow(0.2f, 0);
        for (var step = 1; step <= 4; step++) Assert.Equal(step < 4, row.Take(step < 4 ? step : 2));

        Assert.False(row.LookBack(4), "3 of 4 steps rose, which is not less than 0.75");
        Assert.Equal(0.2f, row.Step);
    }

    [Fact]
    public void LookBack_TooFewRises_HalvesTheStep()
    {
        var row = new ApgdRow(0.2f, 0);
        foreach (var loss in (float[])[1, 0.5f, 2, 1.5f]) row.Take(loss);

        Assert.True(row.LookBack(4));
        Assert.Equal((0.1f, 2f), (row.Step, row.Best));
    }

    [Fact]
    public void LookBack_RisesWithoutANewBest_HalvesOnceTheStepIsTheOld()
    {
        var row = new ApgdRow(0.2f, 5);
        foreach (var loss in (float[])[1, 2, 3, 4]) row.Take(loss);

        // The first step down to 1 leaves 3 rises of 4: condition 1 is content, condition 2 is not.
        Assert.True(row.LookBack(4));
        foreach (var loss in (float[])[5.0f, 5.0f, 5.0f, 5.0f]) row.Take(loss);
        Assert.True(row.LookBack(4));
        Assert.Equal(0.05f, row.Step);
    }

    [Theory]
    [InlineData(AttackNorm.Linf, 0.05f)]
    [InlineData(AttackNorm.L2, 0.3f)]
    public void Run_EveryIterate_IsThatOfTheNaiveAlgorithm(AttackNorm norm, float epsilon)
    {
        const int features = TrainedNetwork.Inputs, steps = 30;
        var plan = new ApgdCeAttack { Norm = norm, Epsilon = epsilon, Steps = steps, RandomStart = false }.Worst();
        for (var row = 0; row < Trained.Labels.Length; row++)
        {
            var (clean, label) = (Trained.Rows.AsSpan(row * features, features).ToArray(), Trained.Labels[row]);
            var iterates = new List<float[]>();
            Attacked.Run(Trained.Surface, plan, clean, [label], default, (_, point) => iterates.Add(point));
            var expected = NaiveApgd.Run(Trained.Surface, norm, epsilon, steps, clean, label);
            for (var step = 0; step < steps; step++)
                Close.AssertEqual(expected[step], iterates[step], 2e-5, $"row {row}, step {step}");
        }
    }
}
