namespace ClusterTrain.Numerics.Randomness;

/// <summary>
/// What random numbers are drawn for. Each purpose has streams of its own, so that switching one technique on does not
/// change the numbers of another. The numbers are part of what decides a run's bits: never renumber.
/// </summary>
public enum RandomPurpose
{
    Initialization = 1,
    EpochOrder = 2,
    Dropout = 3,
    AttackStart = 4,
    ExampleMask = 5,
    Split = 6,
    Glyphs = 7,
    Audit = 8,
    EvaluationStart = 9,
    Augmentation = 10,
    InputNoise = 11,
    LabelNoise = 12,
    Corruption = 13,
    CutMix = 14,
    PoolMask = 20,
    PoolChoice = 21,
    DropConnect = 22,
    WeightNoise = 23,
}
