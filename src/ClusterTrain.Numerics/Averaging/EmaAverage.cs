using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Averaging;

/// <summary>
/// Exponential moving average (Polyak and Juditsky 1992 for the mean; in this form Izmailov et al. 2018 and Rebuffi et al. 2021,
/// section 3): mean = d * mean + (1 - d) * weights after every step, with d = min(decay, (1 + t) / (10 + t)) after t steps, so
/// that the drawn weights are soon forgotten.
/// </summary>
public sealed record EmaAverage : WeightAverage
{
    public override string Name => "ema";

    public override string Meaning => "mean = decay * mean + (1 - decay) * weights after every step; decay is at most (1 + t) / (10 + t) at step t";

    [Option("Share of the mean that stays at each step; usual: 0.99 to 0.9999", Min = 0, Max = 0.9999999)]
    public double Decay { get; init; } = 0.999;

    public override double Share(long step, long steps, int stepsPerEpoch) => 1 - Math.Min(Decay, (1.0 + step) / (10.0 + step));
}
