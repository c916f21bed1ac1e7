using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Stopping;

/// <summary>Decides which state is best and when to stop (Prechelt 1998), as a pure function of the evaluations.</summary>
public static class EarlyStopping
{
    /// <summary>The state after an evaluation at <paramref name="version"/>.</summary>
    public static StoppingState Observe(StoppingState state, EarlyStoppingSpec spec, long version, EvaluationSums sums)
    {
        state = state with { LastVersion = version };
        if (spec.Metric == StoppingMetric.None) return state with { Result = sums };
        var metric = Metric(spec.Metric, sums);
        if (state.BestVersion is null || IsBetter(spec, metric, state.BestMetric))
            return state with { BestVersion = version, BestMetric = metric, Result = sums, Misses = 0 };
        var misses = state.Misses + 1;
        return state with { Misses = misses, HasStopped = spec.Patience > 0 && misses >= spec.Patience };
    }

    private static bool IsBetter(EarlyStoppingSpec spec, double metric, double best) => spec.Metric == StoppingMetric.Loss
        ? metric < best - spec.MinDelta
        : metric > best + spec.MinDelta;

    private static double Metric(StoppingMetric metric, EvaluationSums sums) => metric switch
    {
        StoppingMetric.Loss => sums.MeanLoss,
        StoppingMetric.Accuracy => sums.Accuracy,
        _ => sums.RobustAccuracy
            ?? throw new InvalidOperationException("Early stopping on robust accuracy needs a validation attack."),
    };
}
