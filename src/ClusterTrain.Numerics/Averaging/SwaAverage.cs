using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Averaging;

/// <summary>
/// Stochastic weight averaging (Izmailov et al. 2018, algorithm 1): the plain mean of the weights at the ends of the last epochs.
/// Until the first of them the model is the weights themselves. Statistics of normalization are averaged as well, where the
/// paper takes them anew in a pass over the data.
/// </summary>
public sealed record SwaAverage : WeightAverage
{
    public override string Name => "swa";

    public override string Meaning => "the plain mean of the weights at the end of each of the last epochs; a constant schedule suits it";

    [Option("Share of the epochs that is averaged, at the end of the run; at least one epoch", Min = 0, AboveMin = true, Max = 1)]
    public double LastShare { get; init; } = 0.25;

    public override double Share(long step, long steps, int stepsPerEpoch)
    {
        var epochs = Math.Max(1, steps / stepsPerEpoch);
        var averaged = Math.Clamp((long)Math.Floor((LastShare * epochs) + 0.5), 1, epochs);
        var ended = (step / stepsPerEpoch) - (epochs - averaged);
        if (ended <= 0) return 1;
        return (step + 1) % stepsPerEpoch == 0 ? 1.0 / (ended + 1) : 0;
    }
}
