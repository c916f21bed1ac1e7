using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Optimizers;

/// <summary>Factor of the base learning rate at each step: linear warm-up from 0, times one of three shapes.</summary>
public abstract record LearningRateSchedule
{
    private LearningRateSchedule()
    {
    }

    /// <summary>Steps in which the factor rises linearly; step s of them has (s + 1) / warm-up.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>Factor at step <paramref name="step"/> (0 for the first), in [0, 1].</summary>
    public double Factor(long step) => Shape(step) * (step < WarmupSteps ? (step + 1.0) / WarmupSteps : 1.0);

    protected abstract double Shape(long step);

    /// <summary>1 throughout.</summary>
    public sealed record Constant : LearningRateSchedule
    {
        protected override double Shape(long step) => 1;
    }

    /// <summary>Multiplied by <paramref name="Drop"/> after every <paramref name="Every"/> steps.</summary>
    public sealed record Step(long Every, double Drop) : LearningRateSchedule
    {
        protected override double Shape(long step) => FixedMath.Pow(Drop, checked((int)(step / Every)));
    }

    /// <summary>
    /// Half a cosine from 1 down to <paramref name="Final"/> over <paramref name="Steps"/> steps (Loshchilov and Hutter
    /// 2017, eq. 5, without restarts).
    /// </summary>
    public sealed record Cosine(long Steps, double Final) : LearningRateSchedule
    {
        protected override double Shape(long step) =>
            Final + ((1 - Final) * 0.5 * (1 + FixedMath.Cos(Math.PI * Math.Min(step, Steps) / Steps)));
    }
}
