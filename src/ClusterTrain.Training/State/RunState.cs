using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Stopping;

namespace ClusterTrain.Training.State;

/// <summary>Where a run stands: all that is needed to go on to the same bits.</summary>
/// <param name="Model">The newest committed state.</param>
/// <param name="Best">The best state so far, when the spec tracks one.</param>
/// <param name="Stopping">What early stopping remembers.</param>
public sealed record RunState(ModelState Model, ModelState? Best, StoppingState Stopping)
{
    /// <summary>The run before its first step.</summary>
    /// <exception cref="InvalidOperationException">The plan was made without the weights that its spec starts from.</exception>
    public static RunState Initial(RunPlan plan) => plan.Spec.Initialization.IsTransfer && plan.Transfer is null
        ? throw new InvalidOperationException("The weights to start from were not read.")
        : new(ModelState.Initial(plan.Network, plan.Rule, plan.Spec.Seed, plan.Transfer, plan.HasAverage), null, StoppingState.Start);
}
