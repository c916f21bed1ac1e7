using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>What the parameter server wants done, in this order, before the next message goes in.</summary>
public abstract record ServerEffect
{
    private ServerEffect()
    {
    }

    /// <summary>Whether the run is over with it.</summary>
    public bool IsEnd => this is Completed or Interrupted or Diverged or Disagreed;

    /// <summary>Give this worker this work, which reads these parameters.</summary>
    public sealed record Assign(WorkerId Worker, WorkRange Range, ParameterSnapshot Parameters) : ServerEffect
    {
        /// <summary>Of gradients whose adversarial rows were made ahead: a batch for each item, which goes when its step is over.</summary>
        public ReadOnlyMemory<AdversarialBatch?> Batches { get; init; }
    }

    /// <summary>A step is part of the run for good: write its line into the ledger.</summary>
    /// <param name="Step">The step; the version is now one more.</param>
    /// <param name="State">Fingerprint of the state after it.</param>
    /// <param name="Loss">Mean loss over its shards.</param>
    /// <param name="Accuracy">Share of its rows classified right on the way, 0 to 1.</param>
    public sealed record StepCommitted(long Step, string State, double Loss, double Accuracy) : ServerEffect;

    /// <summary>A split was measured at a version.</summary>
    public sealed record Evaluated(long Version, Split Split, EvaluationSums Sums, bool IsBest) : ServerEffect
    {
        /// <summary>The training rows measured with the validation rows; null where the spec does not ask for it.</summary>
        public EvaluationSums? Train { get; init; }

        /// <summary>The attacked validation rows under the training attack; null where training on one step is not watched.</summary>
        public EvaluationSums? OneStep { get; init; }

        /// <summary>What follows from the collapse of training on one step that was found here; null when none was.</summary>
        public CollapseChoice? Collapse { get; init; }
    }

    /// <summary>Write the current state to disk.</summary>
    public sealed record CheckpointDue(bool IsBest) : ServerEffect;

    /// <summary>
    /// A worker computed wrongly: another execution gives other bits, and a third one the same as that. It gets no more work, and what it
    /// brought for the step or the evaluation at hand is computed anew.
    /// </summary>
    /// <param name="Worker">Who.</param>
    /// <param name="Id">What it computed wrongly.</param>
    /// <param name="Step">Step in which that was found: steps committed before.</param>
    /// <param name="LastGood">The last step in which an audit found it right; where none did, the step before its first one, -1 or more.</param>
    public sealed record Convicted(WorkerId Worker, WorkId Id, long Step, long LastGood) : ServerEffect
    {
        /// <summary>What happened, and what is in doubt, in a sentence.</summary>
        public string Words => FormattableString.Invariant(
            $"{Worker} computed the {Id} wrongly, as two other executions show: it gets no more work, and its part of what is at hand is computed anew. ")
            + (LastGood + 1 < Step
                ? FormattableString.Invariant($"What it did in steps {LastGood + 1} to {Step - 1} was not looked at: verify --from {LastGood + 1} --to {Step - 1} does.")
                : "Nothing else of it is in doubt.");
    }

    /// <summary>Two answers to one item differ, and nobody is left to go on with: some worker computes wrongly. The run stops.</summary>
    public sealed record Disagreed(WorkId Id, WorkerId Worker) : ServerEffect;

    /// <summary>
    /// A loss, gradient or parameter became NaN or infinite in this step, which is not committed; or the state after it,
    /// which is, cannot be measured.
    /// </summary>
    public sealed record Diverged(long Step, string What) : ServerEffect;

    /// <summary>Stopped by the user at a version that is on disk.</summary>
    public sealed record Interrupted(long Version) : ServerEffect;

    /// <summary>The run is done.</summary>
    public sealed record Completed(bool StoppedEarly, EvaluationSums Train, EvaluationSums Test) : ServerEffect;
}
