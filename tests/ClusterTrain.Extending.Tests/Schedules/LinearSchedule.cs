using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Schedules;

namespace ClusterTrain.Extending.Tests.Schedules;

/// <summary>A straight line from 1 down to <see cref="FinalFactor"/>.</summary>
public sealed record LinearSchedule : LearningRateSchedule
{
    public override string Name => "linear";

    public override string Meaning => "a straight line from the full rate to finalFactor of it at the end of the run";

    [Option("Factor at the end of the run", Min = 0, Max = 1)]
    public double FinalFactor { get; init; }

    public override double Factor(long step, long steps, int stepsPerEpoch) =>
        1 - ((1 - FinalFactor) * Math.Min(step, steps) / steps);
}
