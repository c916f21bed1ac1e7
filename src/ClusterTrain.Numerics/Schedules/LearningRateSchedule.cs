using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Schedules;

/// <summary>Shape of the learning rate over the steps that follow the warm-up.</summary>
public abstract record LearningRateSchedule : Technique
{
    /// <summary>The shapes that a spec can name.</summary>
    public static readonly Catalogue<LearningRateSchedule> Catalogue = new(
        "schedule", schedule => schedule.Name,
        new ConstantSchedule(),
        new StepSchedule(),
        new CosineSchedule());

    /// <summary>Factor of the base learning rate, in [0, 1].</summary>
    /// <param name="step">Steps since the end of the warm-up, 0 for the first.</param>
    /// <param name="steps">Steps from there to the end of the run, 1 or more.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch, 1 or more.</param>
    public abstract double Factor(long step, long steps, int stepsPerEpoch);
}

/// <summary>
/// The factor of the base learning rate at each step of a run: a linear warm-up to 1, then a schedule over the steps that are
/// left (Goyal et al. 2017, section 2.2).
/// </summary>
/// <param name="Shape">The schedule.</param>
/// <param name="WarmupSteps">Steps in which the factor rises linearly; step s of them has (s + 1) / warm-up.</param>
/// <param name="TotalSteps">Steps of the run, warm-up included.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
public sealed record WarmedSchedule(LearningRateSchedule Shape, long WarmupSteps, long TotalSteps, int StepsPerEpoch)
{
    /// <summary>Factor at step <paramref name="step"/> (0 for the first), in [0, 1].</summary>
    public double Factor(long step) => step < WarmupSteps
        ? (step + 1.0) / WarmupSteps
        : Shape.Factor(step - WarmupSteps, Math.Max(1, TotalSteps - WarmupSteps), StepsPerEpoch);
}
