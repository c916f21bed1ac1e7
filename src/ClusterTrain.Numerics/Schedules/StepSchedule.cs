using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Schedules;

/// <summary>Multiplied by <see cref="StepFactor"/> after every <see cref="StepEpochs"/> epochs.</summary>
public sealed record StepSchedule : LearningRateSchedule
{
    public override string Name => "step";

    public override string Meaning => "the rate drops every few epochs, counted from the end of the warm-up";

    [Option("Epochs between two drops", Min = 1, Max = 100_000, Unit = "epochs")]
    public int StepEpochs { get; init; } = 10;

    [Option("Factor of each drop", Min = 0, AboveMin = true, Max = 1)]
    public double StepFactor { get; init; } = 0.1;

    public override double Factor(long step, long steps, int stepsPerEpoch) =>
        FixedMath.Pow(StepFactor, checked((int)(step / ((long)StepEpochs * stepsPerEpoch))));
}
