using ClusterTrain.Numerics.Optimizers;

namespace ClusterTrain.Numerics.Tests.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Factor_Constant_IsOneThroughout() =>
        Assert.All((long[])[0, 1, 1_000_000], step => Assert.Equal(1, new LearningRateSchedule.Constant().Factor(step)));

    [Fact]
    public void Factor_Warmup_RisesInEqualStepsToTheFullRate()
    {
        var schedule = new LearningRateSchedule.Constant { WarmupSteps = 4 };

        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1], Factors(schedule, 6));
    }

    [Fact]
    public void Factor_Step_DropsAfterEveryInterval()
    {
        var schedule = new LearningRateSchedule.Step(3, 0.5);

        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125], Factors(schedule, 10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Factor_Cosine_FallsFromOneToItsFinalValueAndStays(double final)
    {
        var schedule = new LearningRateSchedule.Cosine(100, final);

        Assert.Equal(1, schedule.Factor(0), 1e-15);
        Assert.Equal((1 + final) / 2, schedule.Factor(50), 1e-15);
        Assert.Equal(final, schedule.Factor(100), 1e-15);
        Assert.Equal(final, schedule.Factor(1000), 1e-15);
        for (var step = 0; step < 100; step++)
        {
            Assert.Equal(final + ((1 - final) * (1 + Math.Cos(Math.PI * step / 100)) / 2), schedule.Factor(step), 1e-15);
            Assert.True(schedule.Factor(step + 1) < schedule.Factor(step));
        }
    }

    [Fact]
    public void Factor_WarmupOfAShape_MultipliesIt()
    {
        var schedule = new LearningRateSchedule.Step(2, 0.5) { WarmupSteps = 4 };

        Assert.Equal([0.25, 0.5, 0.375, 0.5, 0.25], Factors(schedule, 5));
    }

    private static double[] Factors(LearningRateSchedule schedule, int steps) =>
        [.. Enumerable.Range(0, steps).Select(step => schedule.Factor(step))];
}
