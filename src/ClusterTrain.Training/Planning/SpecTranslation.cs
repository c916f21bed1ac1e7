using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Planning;

/// <summary>From the words of a spec to the types of Numerics.</summary>
public static class SpecTranslation
{
    public static OptimizerRule Rule(OptimizerSpec spec) => spec.Type switch
    {
        OptimizerType.Sgd => new OptimizerRule.Sgd(),
        OptimizerType.Momentum => new OptimizerRule.Momentum(spec.Momentum, Nesterov: false),
        OptimizerType.Nesterov => new OptimizerRule.Momentum(spec.Momentum, Nesterov: true),
        OptimizerType.Adam or OptimizerType.AdamW => new OptimizerRule.Adam(spec.Beta1, spec.Beta2, spec.Epsilon),
        _ => throw new InvalidOperationException($"No rule for {spec.Type}."),
    };

    public static LearningRateSchedule Schedule(ScheduleSpec spec, int stepsPerEpoch, long totalSteps)
    {
        LearningRateSchedule shape = spec.Type switch
        {
            ScheduleType.Constant => new LearningRateSchedule.Constant(),
            ScheduleType.Step => new LearningRateSchedule.Step((long)spec.StepEpochs * stepsPerEpoch, spec.StepFactor),
            ScheduleType.Cosine => new LearningRateSchedule.Cosine(totalSteps, spec.FinalFactor),
            _ => throw new InvalidOperationException($"No schedule for {spec.Type}."),
        };
        return shape with { WarmupSteps = (long)Math.Round(spec.WarmupEpochs * stepsPerEpoch) };
    }

    /// <summary>What a shard trains on; one for each thread.</summary>
    public static ITrainingLoss Loss(RunSpec spec)
    {
        var (adversarial, smoothing) = (spec.Adversarial, (float)spec.Regularization.LabelSmoothing);
        if (!adversarial.NeedsBothVersions) return new SmoothedCrossEntropy(smoothing);
        return adversarial.Objective == ObjectiveChoice.Trades
            ? new TradesLoss((float)adversarial.TradesBeta, smoothing) : new MixedLoss((float)adversarial.CleanWeight, smoothing);
    }

    /// <summary>The attack, or null for <c>none</c>.</summary>
    public static AttackPlan? Attack(AttackSpec spec) => spec.Method switch
    {
        AttackMethod.None => null,
        AttackMethod.Fgsm => AttackPlan.Fgsm(spec.Norm, (float)spec.Epsilon),
        AttackMethod.Pgd => new AttackPlan
        {
            Norm = spec.Norm,
            Epsilon = (float)spec.Epsilon,
            StepSize = (float)spec.StepSize,
            Steps = spec.Steps,
            RandomStart = spec.RandomStart,
            Restarts = spec.Restarts,
        },
        _ => throw new InvalidOperationException($"No attack for {spec.Method}."),
    };
}
