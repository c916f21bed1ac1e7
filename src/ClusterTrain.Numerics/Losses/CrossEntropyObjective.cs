using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Losses;

/// <summary>Cross-entropy of the rows as they are trained on, mixed with that of their clean versions where wanted.</summary>
public sealed record CrossEntropyObjective : Objective
{
    public override string Name => "crossEntropy";

    public override string Meaning => "cross-entropy of the adversarial rows, or w CE(clean) + (1 - w) CE(adversarial) with w = cleanWeight";

    [Option("Weight w of each attacked row's clean version in the loss w CE(clean) + (1 - w) CE(adversarial)", Min = 0, Max = 1)]
    public double CleanWeight { get; init; }

    public override bool NeedsBothVersions => CleanWeight > 0;

    public override ITrainingLoss Loss(float smoothing) =>
        NeedsBothVersions ? new MixedLoss((float)CleanWeight, smoothing) : new SmoothedCrossEntropy(smoothing);
}
