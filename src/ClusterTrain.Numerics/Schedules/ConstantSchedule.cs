namespace ClusterTrain.Numerics.Schedules;

/// <summary>1 throughout.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    public override string Name => "constant";

    public override string Meaning => "the full rate throughout";

    public override double Factor(long step, long steps, int stepsPerEpoch) => 1;
}
