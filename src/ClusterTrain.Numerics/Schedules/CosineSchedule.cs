using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Schedules;

/// <summary>
/// Half a cosine from 1 down to <see cref="FinalFactor"/> (Loshchilov and Hutter 2017, eq. 5, without restarts).
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    public override string Name => "cosine";

    public override string Meaning => "half a cosine from the full rate at the end of the warm-up to finalFactor of it at the end of the run";

    [Option("Factor at the end of the run", Min = 0, Max = 1)]
    public double FinalFactor { get; init; }

    public override double Factor(long step, long steps, int stepsPerEpoch) =>
        FinalFactor + ((1 - FinalFactor) * 0.5 * (1 + FixedMath.Cos(Math.PI * Math.Min(step, steps) / steps)));
}
