using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

public enum ReplicaChoice
{
    Thinned,
    Full,
}

public enum GenerationChoice
{
    Fused,
    Pipelined,
}

public enum ObjectiveChoice
{
    CrossEntropy,
    Trades,
}

public sealed record AdversarialSpec
{
    [Option("The attack that makes the training examples; method none trains on clean rows")]
    public AttackSpec Attack { get; init; } = AttackSpec.None;

    [Option("Epochs in which epsilon and stepSize rise linearly from 0 to their values", Min = 0, Max = 100_000, Unit = "epochs", IgnoredWhen = "attack.method is none")]
    public double WarmupEpochs { get; init; }

    [Option("Share of each shard's rows that are attacked, from its first row on", Min = 0, Max = 1, IgnoredWhen = "attack.method is none")]
    public double Fraction { get; init; } = 1;

    [Option("What is attacked: the shard's own thinned replica, or the full network in inference mode", IgnoredWhen = "attack.method is none")]
    public ReplicaChoice Replica { get; init; } = ReplicaChoice.Thinned;

    [Option("fused: who trains a shard makes its batch; pipelined: made one step ahead at the version before", IgnoredWhen = "attack.method is none")]
    public GenerationChoice Generation { get; init; } = GenerationChoice.Fused;

    [Option("crossEntropy: of the adversarial examples (and clean ones, see cleanWeight); trades: cross-entropy of clean rows plus tradesBeta times KL(clean || adversarial), which the attack climbs too", IgnoredWhen = "attack.method is none")]
    public ObjectiveChoice Objective { get; init; } = ObjectiveChoice.CrossEntropy;

    [Option("Weight of robustness in TRADES; usual: 1 to 10", Min = 0, AboveMin = true, Max = 1000, IgnoredWhen = "objective is not trades")]
    public double TradesBeta { get; init; } = 6;

    [Option("Weight w of each attacked row's clean version in the loss w CE(clean) + (1 - w) CE(adversarial)", Min = 0, Max = 1, IgnoredWhen = "attack.method is none")]
    public double CleanWeight { get; init; }

    /// <summary>Whether a step trains on the clean and the adversarial version of each row.</summary>
    public bool NeedsBothVersions => Attack.Method != AttackMethod.None && (Objective == ObjectiveChoice.Trades || CleanWeight > 0);

    /// <summary>Rows of a shard that are attacked: its share rounded to the nearest row, halves up.</summary>
    public int AttackedRows(int shardRows) => (int)Math.Floor((Fraction * shardRows) + 0.5);
}
