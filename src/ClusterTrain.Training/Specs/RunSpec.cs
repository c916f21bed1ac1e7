using System.Runtime.Serialization;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// Everything that decides a run's result, and nothing else: workers, engine and folders are not part of it. Spec, seed
/// and data give the same bits anywhere.
/// </summary>
public sealed record RunSpec
{
    [SpecKey("Name of the run, for people and folder names: letters, digits, '-', '_' and '.'")]
    public string Name { get; init; } = "run";

    [SpecKey("Seed of every random number of the run", Min = 0, Max = 9007199254740992)]
    public long Seed { get; init; } = 1;

    [SpecKey("Passes over the training rows", Min = 1, Max = 100_000, Unit = "epochs")]
    public int Epochs { get; init; } = 10;

    [SpecKey("Backend of the matrix products: managed gives the same bits on every machine; mkl, Intel's library, the same on machines alike; auto measures and takes the faster")]
    public MathChoice Math { get; init; } = MathChoice.Managed;

    [SpecKey("The data set and its fixed split")]
    public DataSpec Data { get; init; } = new();

    [SpecKey("The layers between input and class scores")]
    public NetworkSpec Network { get; init; } = new();

    [SpecKey("Rows of a step and the shards they are cut into")]
    public BatchSpec Batch { get; init; } = new();

    [SpecKey("How a gradient becomes an update")]
    public OptimizerSpec Optimizer { get; init; } = new();

    [SpecKey("How the learning rate changes over the run")]
    public ScheduleSpec Schedule { get; init; } = new();

    [SpecKey("Penalties and constraints on weights, and label smoothing")]
    public RegularizationSpec Regularization { get; init; } = new();

    [SpecKey("Training on adversarial examples")]
    public AdversarialSpec Adversarial { get; init; } = new();

    [SpecKey("Measuring during and after training")]
    public EvaluationSpec Evaluation { get; init; } = new();

    [SpecKey("Stopping when validation no longer improves")]
    public EarlyStoppingSpec EarlyStopping { get; init; } = new();

    [SpecKey("What is kept on disk while training")]
    public CheckpointSpec Checkpoints { get; init; } = new();
}

public enum MathChoice
{
    Managed,
    Mkl,

    /// <summary>Whichever is faster where the run starts; a resumed run keeps what it started with.</summary>
    Auto,
}

public sealed record DataSpec
{
    [SpecKey("Data set: glyphs (built in) or the name of a folder of IDX files under --data, such as mnist or fashion-mnist")]
    public string Name { get; init; } = "glyphs";

    [SpecKey("Rows to train on; 0 means all rows that validation leaves", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Train { get; init; }

    [SpecKey("Rows of the training file held out for validation, by a fixed draw of the seed-independent split", Min = 1, Max = 100_000_000, Unit = "rows")]
    public int Validation { get; init; } = 2_000;

    [SpecKey("Rows of the test file to test on, from its start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Test { get; init; }

    [SpecKey("Training rows of the shuffled file that are passed over first; multiples of train give disjoint training sets", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Offset { get; init; }

    [SpecKey("Number of the bootstrap resample to train on: as many of the training rows, drawn with replacement; 0 means the rows themselves", Min = 0, Max = 1_000_000_000)]
    public int Bootstrap { get; init; }
}

public sealed record NetworkSpec
{
    /// <summary>In order from the input. The last layer is dense with as many units as classes.</summary>
    [SpecKey("Layers in order from the input; the last one is dense with one unit a class")]
    public IReadOnlyList<LayerDefinition> Layers { get; init; } =
    [
        new LayerDefinition.Dense { Units = 256 },
        new LayerDefinition.Relu(),
        new LayerDefinition.Dense { Units = 10 },
    ];

    /// <summary>Equal layers in equal order; a record would compare the lists' identity.</summary>
    public bool Equals(NetworkSpec? other) => other is not null && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() =>
        Layers.Aggregate(new HashCode(), (hash, layer) => { hash.Add(layer); return hash; }, hash => hash.ToHashCode());
}

public sealed record BatchSpec
{
    [SpecKey("Rows of one step; an epoch's last rows that do not fill a step are left out of that epoch", Min = 1, Max = 1_000_000, Unit = "rows")]
    public int Size { get; init; } = 128;

    [SpecKey("Shards of one step, each with its own dropout mask; must divide size", Min = 1, Max = 4096, Unit = "shards")]
    public int Shards { get; init; } = 8;
}

public enum OptimizerType
{
    Sgd,
    Momentum,
    Nesterov,
    Adam,

    [EnumMember(Value = "adamw")]
    AdamW,
}

public enum GradientMean
{
    Shards,
    Holders,
}

public sealed record OptimizerSpec
{
    [SpecKey("Update rule")]
    public OptimizerType Type { get; init; } = OptimizerType.Nesterov;

    [SpecKey("A step's gradient is the mean over all its shards, where a dropped unit counts as 0, or for each parameter over the shards that hold it")]
    public GradientMean GradientMean { get; init; } = GradientMean.Shards;

    [SpecKey("Learning rate before the schedule's factor", Min = 0, AboveMin = true, Max = 100)]
    public double LearningRate { get; init; } = 0.1;

    [SpecKey("Share of the last update's direction that is kept", Min = 0, Max = 0.9999, IgnoredWhen = "type is not momentum or nesterov")]
    public double Momentum { get; init; } = 0.9;

    [SpecKey("Decay of the gradient's running mean", Min = 0, Max = 0.99999, IgnoredWhen = "type is not adam or adamw")]
    public double Beta1 { get; init; } = 0.9;

    [SpecKey("Decay of the squared gradient's running mean", Min = 0, Max = 0.999999, IgnoredWhen = "type is not adam or adamw")]
    public double Beta2 { get; init; } = 0.999;

    [SpecKey("Added to the root of the squared gradient's mean", Min = 0, AboveMin = true, Max = 1, IgnoredWhen = "type is not adam or adamw")]
    public double Epsilon { get; init; } = 1e-8;
}

public enum ScheduleType
{
    Constant,
    Step,
    Cosine,
}

public sealed record ScheduleSpec
{
    [SpecKey("Shape of the learning rate over the run")]
    public ScheduleType Type { get; init; } = ScheduleType.Cosine;

    [SpecKey("Epochs in which the rate rises linearly from 0 first", Min = 0, Max = 100_000, Unit = "epochs")]
    public double WarmupEpochs { get; init; }

    [SpecKey("Epochs between two drops", Min = 1, Max = 100_000, Unit = "epochs", IgnoredWhen = "type is not step")]
    public int StepEpochs { get; init; } = 10;

    [SpecKey("Factor of each drop", Min = 0, AboveMin = true, Max = 1, IgnoredWhen = "type is not step")]
    public double StepFactor { get; init; } = 0.1;

    [SpecKey("Factor at the end of the run", Min = 0, Max = 1, IgnoredWhen = "type is not cosine")]
    public double FinalFactor { get; init; }
}

public enum MaskChoice
{
    Shard,
    Example,

    /// <summary>Each shard trains one of a fixed set of sub-networks.</summary>
    Pool,
}

public sealed record RegularizationSpec
{
    [SpecKey("Dropout masks: shard: a fresh one for every shard, so that its replica is cut out and costs less; example: one for every row; pool: each shard is given one of maskPool fixed sub-networks, cut out too")]
    public MaskChoice DropoutMasks { get; init; } = MaskChoice.Shard;

    [SpecKey("Sub-networks of the pool, drawn once from the run's seed", Min = 1, Max = 65_536, Unit = "masks", IgnoredWhen = "dropoutMasks is not pool")]
    public int MaskPool { get; init; } = 16;

    [SpecKey("Lambda of the penalty lambda * sum(w^2), added to the gradient as 2 * lambda * w; biases are exempt", Min = 0, Max = 1, UsualMax = 0.01)]
    public double L2 { get; init; }

    [SpecKey("Decoupled decay: each step w shrinks by learningRate * weightDecay * w before the update; biases are exempt", Min = 0, Max = 10)]
    public double WeightDecay { get; init; }

    [SpecKey("Lambda of the penalty lambda * sum(|w|), as a soft threshold after the update; biases are exempt", Min = 0, Max = 1)]
    public double L1 { get; init; }

    [SpecKey("Largest norm of a unit's incoming weights, projected after the update; 0 means no limit", Min = 0, Max = 1e6)]
    public double MaxNorm { get; init; }

    [SpecKey("Standard deviation of Gaussian noise on each weight in training, drawn for every shard; biases are exempt", Min = 0, Max = 10, UsualMax = 0.1)]
    public double WeightNoise { get; init; }

    [SpecKey("Share of the target spread evenly over all classes", Min = 0, Max = 0.2)]
    public double LabelSmoothing { get; init; }
}

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
    [SpecKey("The attack that makes the training examples; method none trains on clean rows")]
    public AttackSpec Attack { get; init; } = AttackSpec.None;

    [SpecKey("Epochs in which epsilon and stepSize rise linearly from 0 to their values", Min = 0, Max = 100_000, Unit = "epochs", IgnoredWhen = "attack.method is none")]
    public double WarmupEpochs { get; init; }

    [SpecKey("Share of each shard's rows that are attacked, from its first row on", Min = 0, Max = 1, IgnoredWhen = "attack.method is none")]
    public double Fraction { get; init; } = 1;

    [SpecKey("What is attacked: the shard's own thinned replica, or the full network in inference mode", IgnoredWhen = "attack.method is none")]
    public ReplicaChoice Replica { get; init; } = ReplicaChoice.Thinned;

    [SpecKey("fused: who trains a shard makes its batch; pipelined: made one step ahead at the version before", IgnoredWhen = "attack.method is none")]
    public GenerationChoice Generation { get; init; } = GenerationChoice.Fused;

    [SpecKey("crossEntropy: of the adversarial examples (and clean ones, see cleanWeight); trades: cross-entropy of clean rows plus tradesBeta times KL(clean || adversarial), which the attack climbs too", IgnoredWhen = "attack.method is none")]
    public ObjectiveChoice Objective { get; init; } = ObjectiveChoice.CrossEntropy;

    [SpecKey("Weight of robustness in TRADES; usual: 1 to 10", Min = 0, AboveMin = true, Max = 1000, IgnoredWhen = "objective is not trades")]
    public double TradesBeta { get; init; } = 6;

    [SpecKey("Weight w of each attacked row's clean version in the loss w CE(clean) + (1 - w) CE(adversarial)", Min = 0, Max = 1, IgnoredWhen = "attack.method is none")]
    public double CleanWeight { get; init; }

    /// <summary>Whether a step trains on the clean and the adversarial version of each row.</summary>
    public bool NeedsBothVersions => Attack.Method != AttackMethod.None && (Objective == ObjectiveChoice.Trades || CleanWeight > 0);

    /// <summary>Rows of a shard that are attacked: its share rounded to the nearest row, halves up.</summary>
    public int AttackedRows(int shardRows) => (int)Math.Floor((Fraction * shardRows) + 0.5);
}

public sealed record EvaluationSpec
{
    [SpecKey("Epochs between two evaluations on the validation rows; the end of the run always has one", Min = 1, Max = 100_000, Unit = "epochs")]
    public int EveryEpochs { get; init; } = 1;

    [SpecKey("Attack for the robust accuracy on validation rows; method none measures clean accuracy alone")]
    public AttackSpec ValidationAttack { get; init; } = AttackSpec.None;

    [SpecKey("Validation rows that are attacked, from the split's start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows", IgnoredWhen = "validationAttack.method is none")]
    public int ValidationAttackRows { get; init; }

    [SpecKey("Attack for the final robust accuracy on test rows; method none measures clean accuracy alone")]
    public AttackSpec TestAttack { get; init; } = AttackSpec.None;

    [SpecKey("Test rows that are attacked, from the file's start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows", IgnoredWhen = "testAttack.method is none")]
    public int TestAttackRows { get; init; }
}

public enum StoppingMetric
{
    /// <summary>The best state is not tracked: the run's result is its last state.</summary>
    None,
    Loss,
    Accuracy,
    RobustAccuracy,
}

public sealed record EarlyStoppingSpec
{
    [SpecKey("Validation metric that names the best state, which is restored at the end; none keeps the last state")]
    public StoppingMetric Metric { get; init; } = StoppingMetric.None;

    [SpecKey("Evaluations without improvement before the run stops; 0 never stops early but still restores the best state", Min = 0, Max = 100_000, Unit = "evaluations", IgnoredWhen = "metric is none")]
    public int Patience { get; init; } = 5;

    [SpecKey("Smallest change that counts as an improvement", Min = 0, Max = 1e6, IgnoredWhen = "metric is none")]
    public double MinDelta { get; init; }
}

public sealed record CheckpointSpec
{
    [SpecKey("Steps between two checkpoints; 0 means one at every evaluation", Min = 0, Max = 1_000_000_000, Unit = "steps")]
    public int EverySteps { get; init; }

    [SpecKey("Newest checkpoints that are kept beside the best one", Min = 1, Max = 100_000, Unit = "checkpoints")]
    public int Keep { get; init; } = 3;
}
