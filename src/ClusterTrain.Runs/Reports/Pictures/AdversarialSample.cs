namespace ClusterTrain.Runs.Reports.Pictures;

/// <summary>What the network says about a row.</summary>
/// <param name="Class">The predicted one.</param>
/// <param name="Confidence">Its probability as the network sees it, 0 to 1.</param>
public readonly record struct Prediction(int Class, double Confidence);

/// <summary>A test row before and after an attack.</summary>
/// <param name="Row">Number in the test split.</param>
/// <param name="Label">Its true class.</param>
/// <param name="Clean">The row, [features].</param>
/// <param name="Adversarial">What the attack made of it, [features].</param>
internal sealed record AdversarialSample(
    int Row, int Label, ReadOnlyMemory<float> Clean, ReadOnlyMemory<float> Adversarial,
    Prediction CleanPrediction, Prediction AdversarialPrediction)
{
    public bool IsFooled => AdversarialPrediction.Class != Label;
}

/// <summary>Whose attack made the samples.</summary>
internal enum AttackOrigin
{
    /// <summary>The spec's attack on test rows.</summary>
    Test,

    /// <summary>The spec's training attack, as it names none for test rows.</summary>
    Training,

    /// <summary>The report's own: the run itself attacked nothing.</summary>
    Report,
}

/// <summary>Adversarial examples and how they were made.</summary>
/// <param name="Attack">As users write it.</param>
/// <param name="Version">Steps that the attacked state had behind it.</param>
/// <param name="Samples">By row; empty if the network classifies no row right.</param>
internal sealed record SampleGallery(
    ImageShape Shape, string Attack, AttackOrigin Origin, long Version, IReadOnlyList<AdversarialSample> Samples);
