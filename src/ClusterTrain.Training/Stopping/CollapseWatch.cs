using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Stopping;

/// <summary>
/// Finds the collapse of training on one step, as a pure function of the evaluations: the network stays right under the one step that
/// it is trained on and is suddenly wrong under many ("catastrophic overfitting": Wong et al. 2020, "Fast is better than free", section 5.4;
/// Andriushchenko and Flammarion 2020, "Understanding and improving fast adversarial training", section 3).
/// </summary>
/// <remarks>
/// Let r be the share of attacked validation rows that are right under the validation attack, f that under the training attack, and r* the
/// largest r so far with f* beside it. A collapse is found where r* is at least <see cref="LeastRobust"/>, r is below
/// <see cref="FallenTo"/> * r*, and f is at least f* - <see cref="OneStepSlack"/>. After a find r* begins anew, so that one collapse is found once.
/// </remarks>
public static class CollapseWatch
{
    /// <summary>Below it there is nothing to lose yet.</summary>
    public const double LeastRobust = 0.1;

    /// <summary>Share of the best that is left.</summary>
    public const double FallenTo = 0.5;

    /// <summary>What the accuracy under one step may lose beside it: where both fall, something else goes wrong.</summary>
    public const double OneStepSlack = 0.05;

    /// <summary>The state after an evaluation at <paramref name="version"/>.</summary>
    /// <param name="robust">Share of rows right under the validation attack, 0 to 1.</param>
    /// <param name="oneStep">Share of the same rows right under the training attack, 0 to 1.</param>
    public static CollapseState Observe(CollapseState state, long version, double robust, double oneStep)
    {
        if (robust >= state.BestRobust) return state with { BestRobust = robust, OneStepThere = oneStep };
        return state.BestRobust >= LeastRobust && robust < FallenTo * state.BestRobust && oneStep >= state.OneStepThere - OneStepSlack
            ? new CollapseState { BestRobust = robust, OneStepThere = oneStep, Finds = [.. state.Finds, version] }
            : state;
    }

    /// <summary>The same within what a run remembers, with the end that a spec may ask for.</summary>
    /// <param name="one">Null where the training attack is not measured, which changes nothing.</param>
    public static StoppingState Observe(StoppingState state, RunSpec spec, long version, EvaluationSums many, EvaluationSums? one)
    {
        if (one?.RobustAccuracy is not { } oneStep) return state;
        var collapse = Observe(state.Collapse, version, many.RobustAccuracy ?? 0, oneStep);
        var ends = collapse.IsFoundAt(version) && spec.Adversarial.Collapse == CollapseChoice.Stop;
        return state with { Collapse = collapse, HasStopped = state.HasStopped || ends };
    }

    /// <summary>How often the training attack's step is halved for rows that are made with the parameters of a version.</summary>
    public static int Halvings(RunSpec spec, CollapseState state, long version) =>
        spec.Adversarial.Collapse == CollapseChoice.LowerStep ? state.Finds.Count(found => found <= version) : 0;
}
