using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Schedules;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// Everything that decides a run's result, and nothing else: workers, engine and folders are not part of it. Spec, seed
/// and data give the same bits anywhere.
/// </summary>
public sealed record RunSpec
{
    [Option("Name of the run, for people and folder names: letters, digits, '-', '_' and '.'")]
    public string Name { get; init; } = "run";

    [Option("Seed of every random number of the run", Min = 0, Max = 9007199254740992)]
    public long Seed { get; init; } = 1;

    [Option("Passes over the training rows", Min = 1, Max = 100_000, Unit = "epochs")]
    public int Epochs { get; init; } = 10;

    [Option("Backend of the matrix products: managed gives the same bits on every machine; mkl, Intel's library, the same on machines alike; auto measures and takes the faster")]
    public MathChoice Math { get; init; } = MathChoice.Managed;

    [Option("The data set and its fixed split")]
    public DataSpec Data { get; init; } = new();

    [Option("The layers between input and class scores")]
    public NetworkSpec Network { get; init; } = new();

    [Option("Weights of another run to start from")]
    public InitializationSpec Initialization { get; init; } = new();

    [Option("Rows of a step and the shards they are cut into")]
    public BatchSpec Batch { get; init; } = new();

    [Option("How a gradient becomes an update")]
    public OptimizerSpec Optimizer { get; init; } = new();

    [Option("How the learning rate changes over the run")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Option("A mean of the weights that is the model")]
    public AverageSpec Average { get; init; } = new();

    [Option("Penalties and constraints on weights, and label smoothing")]
    public RegularizationSpec Regularization { get; init; } = new();

    [Option("Random changes of training pictures, drawn anew for every row of every step")]
    public AugmentationSpec Augmentation { get; init; } = new();

    [Option("Training on adversarial examples")]
    public AdversarialSpec Adversarial { get; init; } = new();

    [Option("Measuring during and after training")]
    public EvaluationSpec Evaluation { get; init; } = new();

    [Option("Stopping when validation no longer improves")]
    public EarlyStoppingSpec EarlyStopping { get; init; } = new();

    [Option("What is kept on disk while training")]
    public CheckpointSpec Checkpoints { get; init; } = new();

    [Option("Share of the work that is done a second time, to find faulty hardware; changes no number of the run", Min = 0, Max = 1)]
    public double Audit { get; init; } = 0.002;

    /// <summary>Whether training is on one step and validation on more, so that validation measures both and a collapse is seen.</summary>
    public bool WatchesOneStep =>
        Adversarial.Attack is BallAttack { GradientSteps: 1 } && Evaluation.ValidationAttack is BallAttack { GradientSteps: > 1 };
}

public enum MathChoice
{
    Managed,
    Mkl,

    /// <summary>Whichever is faster where the run starts; a resumed run keeps what it started with.</summary>
    Auto,
}

public sealed record NetworkSpec
{
    /// <summary>In order from the input. The last layer is dense with as many units as classes.</summary>
    [Option("Layers in order from the input; the last one is dense with one unit a class")]
    public IReadOnlyList<LayerDefinition> Layers { get; init; } =
    [
        new DenseLayer { Units = 256 },
        new ReluLayer(),
        new DenseLayer { Units = 10 },
    ];

    /// <summary>Equal layers in equal order; a record would compare the lists' identity.</summary>
    public bool Equals(NetworkSpec? other) => other is not null && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() =>
        Layers.Aggregate(new HashCode(), (hash, layer) => { hash.Add(layer); return hash; }, hash => hash.ToHashCode());
}

public sealed record InitializationSpec
{
    [Option("Folder of a run, whose result is taken, or a safetensors or ONNX file; empty draws all weights")]
    public string From { get; init; } = "";

    [Option("Layers to load, by their place in network.layers from 0; empty loads all of them, and every tensor has to match", Min = 0, Max = 10_000, IgnoredWhen = "from is empty")]
    public IReadOnlyList<int> Layers { get; init; } = [];

    [Option("Whether layers that do not match keep the weights that were drawn; what was loaded, what not and why is said", IgnoredWhen = "from is empty, or layers are named")]
    public bool Partial { get; init; }

    [Option("Names that the file has for the network's layers with weights, in their order, separated by commas, such as conv1, bn1, fc; empty: they are numbered as here", IgnoredWhen = "from is empty")]
    public string Modules { get; init; } = "";

    [Option("Whether the file has dense weights as [in, out] and those of convolutions as [height, width, in, out], as Keras has them", IgnoredWhen = "from is empty")]
    public bool Transposed { get; init; }

    [Option("SHA-256 of the file that is loaded, filled in when the run starts: another file is refused from then on", IgnoredWhen = "from is empty")]
    public string Sha256 { get; init; } = "";

    /// <summary>Whether the first state holds weights of another run.</summary>
    public bool IsTransfer => From.Length > 0;

    /// <summary>Equal layers in equal order; a record would compare the lists' identity.</summary>
    public bool Equals(InitializationSpec? other) =>
        other is not null && From == other.From && Sha256 == other.Sha256 && Partial == other.Partial && Modules == other.Modules
        && Transposed == other.Transposed && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() =>
        Layers.Aggregate(HashCode.Combine(From, Sha256, Partial, Modules, Transposed), HashCode.Combine);
}

public sealed record BatchSpec
{
    [Option("Rows of one step; an epoch's last rows that do not fill a step are left out of that epoch", Min = 1, Max = 1_000_000, Unit = "rows")]
    public int Size { get; init; } = 128;

    [Option("Shards of one step, each with its own dropout mask; must divide size", Min = 1, Max = 4096, Unit = "shards")]
    public int Shards { get; init; } = 8;
}

public enum GradientMean
{
    Shards,
    Holders,
}

public sealed record OptimizerSpec
{
    [Option("Update rule")]
    public OptimizerRule Type { get; init; } = new NesterovRule();

    [Option("A step's gradient is the mean over all its shards, where a dropped unit counts as 0, or for each parameter over the "
        + "shards that hold it")]
    public GradientMean GradientMean { get; init; } = GradientMean.Shards;

    [Option("Learning rate before the schedule's factor", Min = 0, AboveMin = true, Max = 100)]
    public double LearningRate { get; init; } = 0.1;

    [Option("Factor of the learning rate of each layer, by its place in network.layers from 0; layers beyond the list have 1. A layer with 0 is frozen: none of its bits change, running statistics included", Min = 0, Max = 1000)]
    public IReadOnlyList<double> LayerRates { get; init; } = [];

    /// <summary>Equal rates in equal order; a record would compare the lists' identity.</summary>
    public bool Equals(OptimizerSpec? other) => other is not null && Type == other.Type && GradientMean == other.GradientMean
        && LearningRate.Equals(other.LearningRate) && LayerRates.SequenceEqual(other.LayerRates);

    public override int GetHashCode() => LayerRates.Aggregate(HashCode.Combine(Type, GradientMean, LearningRate), HashCode.Combine);
}

public sealed record ScheduleSpec
{
    [Option("Shape of the learning rate from the end of the warm-up to the end of the run")]
    public LearningRateSchedule Type { get; init; } = new CosineSchedule();

    [Option("Epochs in which the rate rises linearly from 0 first, before the schedule starts", Min = 0, Max = 100_000, Unit = "epochs")]
    public double WarmupEpochs { get; init; }
}

public sealed record AverageSpec
{
    [Option("Which mean of the weights is evaluated, early-stopped on and exported; training goes on with the weights themselves, and running statistics of normalization are averaged like weights")]
    public WeightAverage Type { get; init; } = new NoAverage();
}

public sealed record EvaluationSpec
{
    [Option("Epochs between two evaluations on the validation rows; the end of the run always has one", Min = 1, Max = 100_000, Unit = "epochs")]
    public int EveryEpochs { get; init; } = 1;

    [Option("Measures the training rows as well at each evaluation, without augmentation or attack: trainAccuracy in metrics.jsonl")]
    public bool Train { get; init; }

    [Option("Attack for the robust accuracy on validation rows; method none measures clean accuracy alone")]
    public Attack ValidationAttack { get; init; } = new NoAttack();

    [Option("Validation rows that are attacked, from the split's start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows", IgnoredWhen = "validationAttack.method is none")]
    public int ValidationAttackRows { get; init; }

    [Option("Attack for the final robust accuracy on test rows; method none measures clean accuracy alone")]
    public Attack TestAttack { get; init; } = new NoAttack();

    [Option("Test rows that are attacked, from the file's start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows", IgnoredWhen = "testAttack.method is none")]
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
    [Option("Validation metric that names the best state, which is restored at the end; none keeps the last state")]
    public StoppingMetric Metric { get; init; } = StoppingMetric.None;

    [Option("Evaluations without improvement before the run stops; 0 never stops early but still restores the best state", Min = 0, Max = 100_000, Unit = "evaluations", IgnoredWhen = "metric is none")]
    public int Patience { get; init; } = 5;

    [Option("Smallest change that counts as an improvement", Min = 0, Max = 1e6, IgnoredWhen = "metric is none")]
    public double MinDelta { get; init; }
}

public sealed record CheckpointSpec
{
    [Option("Steps between two checkpoints; 0 means one at every evaluation", Min = 0, Max = 1_000_000_000, Unit = "steps")]
    public int EverySteps { get; init; }

    [Option("Newest checkpoints that are kept beside the best one", Min = 1, Max = 100_000, Unit = "checkpoints")]
    public int Keep { get; init; } = 3;
}
