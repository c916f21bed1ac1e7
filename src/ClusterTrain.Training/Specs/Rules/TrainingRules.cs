using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Batches, learning rate and penalties.</summary>
internal static class TrainingRules
{
    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of("`batch.shards` divides `batch.size`", ["batch.size", "batch.shards"], ShardsDivideSize),
        SpecRule.Of("`batch.size` is at most `data.train`", ["batch.size", "data.train", "data.folds"], BatchFitsRows),
        SpecRule.Of("`schedule.warmupEpochs` is at most `epochs`", ["schedule.warmupEpochs", "epochs"], spec =>
            LongWarmup("schedule.warmupEpochs", spec.Schedule.WarmupEpochs, spec.Epochs)),
        SpecRule.Of(
            "`adversarial.warmupEpochs` is at most `epochs`, when there is an attack",
            ["adversarial.warmupEpochs", "adversarial.attack.method", "epochs"],
            spec => spec.Adversarial.Attack is not BallAttack
                ? null
                : LongWarmup("adversarial.warmupEpochs", spec.Adversarial.WarmupEpochs, spec.Epochs)),
        SpecRule.Of(
            "`regularization.l2` with adam or adamw (warning): the penalty passes through Adam's scaling and acts unevenly",
            ["regularization.l2", "optimizer.type"],
            CoupledPenalty),
        SpecRule.Of(
            "`regularization.weightDecay` 0 with adamw (warning): without decay it is exactly adam",
            ["regularization.weightDecay", "optimizer.type"],
            DecayIsOff),
    ];

    private static SpecProblem? ShardsDivideSize(RunSpec spec)
    {
        var (size, shards) = (spec.Batch.Size, spec.Batch.Shards);
        if (size % shards == 0)
            return null;
        var near = Enumerable.Range(1, Math.Min(size, 4096))
            .Where(count => size % count == 0)
            .MinBy(count => Math.Abs(count - shards));
        return SpecProblem.Error(
            "batch.shards", $"{shards} shards do not divide a batch of {size} rows; the nearest count that does is {near}");
    }

    private static SpecProblem? BatchFitsRows(RunSpec spec) =>
        spec.Data is { Train: > 0, Folds: 0 } && spec.Batch.Size > spec.Data.Train
            ? SpecProblem.Error("batch.size", SpecRules.TooFewRows(spec.Batch.Size, spec.Data.Train, "training"))
            : null;

    private static SpecProblem? LongWarmup(string path, double warmup, int epochs) =>
        warmup <= epochs
            ? null
            : SpecProblem.Error(
                path,
                $"{SpecScalar.Write(warmup)} epochs of warm-up are more than the run's {epochs}; allowed: 0 to {epochs} epochs");

    private static SpecProblem? CoupledPenalty(RunSpec spec) =>
        spec is { Regularization.L2: > 0, Optimizer.Type.IsAdaptive: true }
            ? SpecProblem.Warning(
                "regularization.l2",
                $"the penalty is coupled: {SpecScalar.Write(spec.Optimizer.Type)} rescales its gradient weight by weight; "
                + "regularization.weightDecay is the decoupled form")
            : null;

    private static SpecProblem? DecayIsOff(RunSpec spec) =>
        spec is { Regularization.WeightDecay: 0, Optimizer.Type: { SameWithoutDecay: { } same } rule }
            ? SpecProblem.Warning(
                "regularization.weightDecay", $"0 makes {rule.Name} exactly {same}; set a decay, such as 0.01, or name {same}")
            : null;
}
