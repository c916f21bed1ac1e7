using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Losses;

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

public enum CollapseChoice
{
    /// <summary>Said once, where it was found and in the report.</summary>
    Warn,

    /// <summary>The run ends as by early stopping.</summary>
    Stop,

    /// <summary>The training attack's step is half as long from then on.</summary>
    LowerStep,
}

public sealed record AdversarialSpec
{
    private const string WithoutAttack = "attack.method is none";

    [Option("The attack that makes the training examples; method none trains on clean rows")]
    public Attack Attack { get; init; } = new NoAttack();

    [Option(
        "Epochs in which all lengths of the attack rise linearly from 0 to their values", Min = 0, Max = 100_000, Unit = "epochs",
        IgnoredWhen = WithoutAttack)]
    public double WarmupEpochs { get; init; }

    [Option("Share of each shard's rows that are attacked, from its first row on", Min = 0, Max = 1, IgnoredWhen = WithoutAttack)]
    public double Fraction { get; init; } = 1;

    [Option(
        "What is attacked: the shard's own thinned replica, or the full network in inference mode", IgnoredWhen = WithoutAttack)]
    public ReplicaChoice Replica { get; init; } = ReplicaChoice.Thinned;

    [Option(
        "fused: who trains a shard makes its batch; pipelined: made one step ahead at the version before",
        IgnoredWhen = WithoutAttack)]
    public GenerationChoice Generation { get; init; } = GenerationChoice.Fused;

    [Option("What training minimizes; one that needs both versions of a row is plain cross-entropy without an attack")]
    public Objective Objective { get; init; } = new CrossEntropyObjective();

    [Option(
        "Adversarial weight perturbation: how far each weight tensor of a shard's replica moves up the loss before the gradient is taken, "
        + "relative to its own length; 0 is off, usual: 0.005 to 0.01", Min = 0, Max = 1, UsualMax = 0.05, IgnoredWhen = WithoutAttack)]
    public double AwpGamma { get; init; }

    [Option(
        "When training on one step has collapsed (validation stays right under the training attack, but no longer under many steps): warn says so, "
        + "stop ends the run like early stopping, lowerStep halves the attack's step from then on", IsLeftOutAtDefault = true,
        IgnoredWhen = "adversarial.attack has more than one step, or evaluation.validationAttack does not")]
    public CollapseChoice Collapse { get; init; } = CollapseChoice.Warn;

    /// <summary>Whether a step trains on the clean and the adversarial version of each row.</summary>
    public bool NeedsBothVersions => Attack is BallAttack && Objective.NeedsBothVersions;

    /// <summary>Rows of a shard that are attacked: its share rounded to the nearest row, halves up.</summary>
    public int AttackedRows(int shardRows) => (int)Math.Floor((Fraction * shardRows) + 0.5);

    /// <summary>What a shard trains on; one for each thread.</summary>
    /// <param name="smoothing">Label smoothing, 0 to below 1.</param>
    public ITrainingLoss Loss(double smoothing) => Objective.NeedsBothVersions && Attack is not BallAttack
        ? new SmoothedCrossEntropy((float)smoothing)
        : Objective.Loss((float)smoothing);
}
