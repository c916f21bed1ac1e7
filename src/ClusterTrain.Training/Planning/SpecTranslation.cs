using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
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

    public static AugmentationRanges Augmentation(AugmentationSpec spec) => new()
    {
        Probability = spec.Probability,
        Rotation = spec.Rotation,
        ScaleMin = spec.ScaleMin,
        ScaleMax = spec.ScaleMax,
        Shift = spec.Shift,
        Shear = spec.Shear,
        Crop = spec.Crop,
        FlipHorizontal = spec.FlipHorizontal,
        FlipVertical = spec.FlipVertical,
        Brightness = spec.Brightness,
        Contrast = spec.Contrast,
        Saturation = spec.Saturation,
        Noise = spec.Noise,
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

    /// <summary>The attack of training, whose answer is its last iterate; null for <c>none</c>.</summary>
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
            Momentum = (float)spec.Momentum,
        },
        _ => throw new InvalidOperationException($"{spec.Method} is no attack to train with."),
    };

    /// <summary>
    /// The attack of a measurement: a row counts as broken when any point that it visits is misclassified. Null for
    /// <c>none</c>.
    /// </summary>
    /// <param name="spec">The attack.</param>
    /// <param name="image">Shape of a row.</param>
    public static AttackPlan? EvaluationAttack(AttackSpec spec, MapShape image)
    {
        if (spec.Method is AttackMethod.None or AttackMethod.Fgsm or AttackMethod.Pgd)
            return Attack(spec) is { } plan ? plan with { Keep = KeptIterate.FirstMistake } : null;
        return new AttackPlan
        {
            Algorithm = Algorithm(spec.Method),
            Norm = spec.Norm,
            Epsilon = (float)spec.Epsilon,
            Steps = spec.Steps,
            RandomStart = spec.RandomStart,
            Restarts = spec.Restarts,
            Targets = spec.Targets,
            Queries = spec.Queries,
            Image = image,
            Keep = KeptIterate.FirstMistake,
        };
    }

    private static AttackAlgorithm Algorithm(AttackMethod method) => method switch
    {
        AttackMethod.ApgdCe => AttackAlgorithm.ApgdCrossEntropy,
        AttackMethod.ApgdDlr => AttackAlgorithm.ApgdDlr,
        AttackMethod.ApgdTargeted => AttackAlgorithm.ApgdTargetedDlr,
        AttackMethod.Square => AttackAlgorithm.Square,
        _ => throw new InvalidOperationException($"No attack for {method}."),
    };
}
