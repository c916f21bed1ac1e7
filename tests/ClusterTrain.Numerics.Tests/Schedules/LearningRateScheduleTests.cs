using ClusterTrain.Numerics.Schedules;

namespace ClusterTrain.Numerics.Tests.Schedules;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Factor_Constant_IsOneThroughout() =>
        Assert.All((long[])[0, 1, 1_000_000], step => Assert.Equal(1, new ConstantSchedule().Factor(step, 10, 3)));

    [Fact]
    public void Factor_Step_DropsAfterEveryInterval() =>
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125], Factors(Warmed(new StepSchedule { StepEpochs = 3, StepFactor = 0.5 }, 0, 10)));

    [Fact]
    public void Factor_Step_CountsStepsOfAnEpoch() =>
        Assert.Equal([1, 1, 1, 1, 0.5], Enumerable.Range(0, 5).Select(step => new StepSchedule { StepEpochs = 2, StepFactor = 0.5 }.Factor(step, 9, 2)));

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Factor_Cosine_FallsFromOneToItsFinalValueAndStays(double final)
    {
        var schedule = Warmed(new CosineSchedule { FinalFactor = final }, 0, 100);

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
    public void Factor_Warmup_RisesInEqualStepsToTheFullRate() =>
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1], Factors(Warmed(new ConstantSchedule(), 4, 6)));

    [Fact]
    public void Factor_WarmupOfStep_CountsItsEpochsFromTheEndOfTheWarmup() => Assert.Equal(
        [0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5, 0.25], Factors(Warmed(new StepSchedule { StepEpochs = 2, StepFactor = 0.5 }, 4, 9)));

    [Fact]
    public void Factor_WarmupOfCosine_ReachesTheFullRateAndFallsOverTheRest()
    {
        var (warmed, rest) = (Warmed(new CosineSchedule(), 50, 100), Warmed(new CosineSchedule(), 0, 50));

        Assert.Equal(1, warmed.Factor(49));
        for (var step = 0; step <= 50; step++) Assert.Equal(rest.Factor(step), warmed.Factor(50 + step));
        Assert.Equal(0, warmed.Factor(100), 1e-15);
    }

    [Fact]
    public void Factor_WarmupOfTheWholeRun_OnlyRises() =>
        Assert.Equal([0.25, 0.5, 0.75, 1], Factors(Warmed(new CosineSchedule(), 4, 4)));

    private static WarmedSchedule Warmed(LearningRateSchedule shape, long warmup, long total) => new(shape, warmup, total, 1);

    private static double[] Factors(WarmedSchedule schedule) =>
        [.. Enumerable.Range(0, (int)schedule.TotalSteps).Select(step => schedule.Factor(step))];
}
