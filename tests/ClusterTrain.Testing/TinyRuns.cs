using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Testing;

/// <summary>
/// Runs of a few milliseconds that use everything: noisy blobs of 12 features and 4 classes, and one spec for each
/// technique whose bits must not depend on who computes what when.
/// </summary>
public static class TinyRuns
{
    private const int Features = 12;
    private const int Classes = 4;

    private static readonly PgdAttack Pgd = new()
    {
        Norm = AttackNorm.Linf, Epsilon = 0.1, StepSize = 0.05, Steps = 2,
    };

    /// <summary>Momentum on clean rows, no dropout.</summary>
    public static readonly RunSpec Plain = new()
    {
        Name = "plain",
        Seed = 7,
        Epochs = 2,
        Network = new NetworkSpec { Layers = Layers(0, 0) },
        Batch = new BatchSpec { Size = 24, Shards = 4 },
        Evaluation = new EvaluationSpec { TestAttack = Pgd, TestAttackRows = 15 },
    };

    /// <summary>Dropout by cutting out, and PGD on the cut-out replica where it is trained.</summary>
    public static readonly RunSpec Fused = Plain with
    {
        Name = "fused",
        Network = new NetworkSpec { Layers = Layers(0.2, 0.5) },
        Adversarial = new AdversarialSpec { Attack = Pgd, WarmupEpochs = 1.5 },
    };

    public static readonly RunSpec Pipelined = Fused with
    {
        Name = "pipelined",
        Adversarial = Fused.Adversarial with { Generation = GenerationChoice.Pipelined },
    };

    /// <summary>Stops after its third evaluation and goes back to its first.</summary>
    public static readonly RunSpec Early = Pipelined with
    {
        Name = "early",
        Epochs = 6,
        Evaluation = Plain.Evaluation with { ValidationAttack = Pgd, ValidationAttackRows = 17 },
        EarlyStopping = new EarlyStoppingSpec { Metric = StoppingMetric.RobustAccuracy, Patience = 2, MinDelta = 0.9 },
        Checkpoints = new CheckpointSpec { EverySteps = 3 },
    };

    /// <summary>
    /// Looks like a collapse after some epochs: training on one short step makes the rows right under it, while growing weights lose those in
    /// the far wider ball of validation, where a network that has hardly begun is right by being constant.
    /// </summary>
    public static readonly RunSpec Collapsing = Pipelined with
    {
        Name = "collapsing",
        Epochs = 8,
        Adversarial = new AdversarialSpec
        {
            Attack = new FgsmAttack { Epsilon = 0.01 }, Generation = GenerationChoice.Pipelined, Collapse = CollapseChoice.LowerStep,
        },
        Evaluation = Plain.Evaluation with { ValidationAttack = new PgdAttack { Epsilon = 0.2, StepSize = 0.05, Steps = 6 } },
        Checkpoints = new CheckpointSpec { EverySteps = 3 },
    };

    /// <summary>Every change of a picture that one channel allows, before dropout of inputs and PGD.</summary>
    public static readonly RunSpec Augmented = Fused with
    {
        Name = "augmented",
        Augmentation = new AugmentationSpec
        {
            Probability = 0.9, Rotation = 15, ScaleMin = 0.8, ScaleMax = 1.2, Shift = 0.5, Shear = 0.1, Crop = 1,
            FlipHorizontal = true, FlipVertical = true, Brightness = 0.2, Contrast = 0.2, Noise = 0.05,
        },
        Regularization = new RegularizationSpec { InputNoise = 0.1 },
    };

    private static readonly Dictionary<string, RunSpec> ByName = new RunSpec[]
    {
        Plain,
        Fused,
        Pipelined,
        Early,
        Collapsing,
        Collapsing with { Name = "collapsing-fused", Adversarial = Collapsing.Adversarial with { Generation = GenerationChoice.Fused } },
        Fused with { Name = "full", Adversarial = Fused.Adversarial with { Replica = ReplicaChoice.Full } },
        Pipelined with { Name = "full-pipelined", Adversarial = Pipelined.Adversarial with { Replica = ReplicaChoice.Full } },
        Fused with { Name = "half", Adversarial = Fused.Adversarial with { Fraction = 0.5 } },
        Fused with { Name = "example-masks", Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Example } },
        Pipelined with { Name = "pool", Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Pool, MaskPool = 3 } },
        Fused with
        {
            Name = "adam",
            Optimizer = new OptimizerSpec { Type = new AdamRule(), LearningRate = 0.01 },
            Regularization = new RegularizationSpec { L1 = 0.01, MaxNorm = 0.8, LabelSmoothing = 0.1 },
            Checkpoints = new CheckpointSpec { EverySteps = 1 },
        },
        Augmented,
        Augmented with
        {
            Name = "augmented-full-pipelined",
            Adversarial = Pipelined.Adversarial with { Replica = ReplicaChoice.Full, Fraction = 0.5 },
        },
        Early with { Name = "early-measuring-train", Evaluation = Early.Evaluation with { Train = true } },
        Fused with { Name = "input-noise", Regularization = new RegularizationSpec { InputNoise = 0.2 } },
        Pipelined with { Name = "starved", Network = new NetworkSpec { Layers = Starved } },
        Fused with { Name = "three-shards", Batch = new BatchSpec { Size = 24, Shards = 3 } },
        Pipelined with { Name = "five-shards", Batch = new BatchSpec { Size = 20, Shards = 5 } },
        Fused with { Name = "cnn", Network = new NetworkSpec { Layers = Cnn } },
        Pipelined with
        {
            Name = "cnn-full-pipelined",
            Network = new NetworkSpec { Layers = Cnn },
            Adversarial = Pipelined.Adversarial with { Replica = ReplicaChoice.Full },
        },
        Fused with
        {
            Name = "cnn-example-masks",
            Network = new NetworkSpec { Layers = Cnn },
            Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Example },
        },
        Pipelined with { Name = "norm", Network = new NetworkSpec { Layers = Normalized } },
        Fused with
        {
            Name = "norm-example-masks",
            Network = new NetworkSpec { Layers = Normalized },
            Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Example },
        },
        Fused with
        {
            Name = "norm-cnn-adam",
            Network = new NetworkSpec { Layers = NormalizedCnn },
            Optimizer = new OptimizerSpec { Type = new AdamWRule(), LearningRate = 0.01 },
            Regularization = new RegularizationSpec { WeightDecay = 0.01, DropoutMasks = MaskChoice.Pool, MaskPool = 2 },
            Batch = new BatchSpec { Size = 24, Shards = 6 },
        },
        Pipelined with
        {
            Name = "holders",
            Optimizer = new OptimizerSpec { GradientMean = GradientMean.Holders },
            Batch = new BatchSpec { Size = 20, Shards = 5 },
        },
        Pipelined with { Name = "holders-norm", Network = new NetworkSpec { Layers = Normalized }, Optimizer = new OptimizerSpec { GradientMean = GradientMean.Holders } },
        Fused with
        {
            Name = "drop-connect",
            Network = new NetworkSpec { Layers = Connected },
            Regularization = new RegularizationSpec { WeightNoise = 0.05 },
        },
        Pipelined with { Name = "trades", Adversarial = Pipelined.Adversarial with { Objective = new TradesObjective { TradesBeta = 3 } } },
        Fused with
        {
            Name = "trades-full-example-masks",
            Adversarial = Fused.Adversarial with { Objective = new TradesObjective(), Replica = ReplicaChoice.Full },
            Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Example },
        },
        Fused with
        {
            Name = "clean-weight",
            Network = new NetworkSpec { Layers = Normalized },
            Adversarial = Fused.Adversarial with { Objective = new CrossEntropyObjective { CleanWeight = 0.3 } },
        },
        Fused with
        {
            Name = "resnet",
            Network = new NetworkSpec { Layers = Residual },
            Adversarial = Fused.Adversarial with { Replica = ReplicaChoice.Thinned },
        },
        Pipelined with
        {
            Name = "resnet-full-adam",
            Network = new NetworkSpec { Layers = Residual },
            Adversarial = Pipelined.Adversarial with { Replica = ReplicaChoice.Full },
            Optimizer = new OptimizerSpec { Type = new AdamRule(), LearningRate = 0.01, GradientMean = GradientMean.Holders },
            Regularization = new RegularizationSpec { WeightNoise = 0.02, DropoutMasks = MaskChoice.Pool, MaskPool = 3 },
        },
        Fused with
        {
            Name = "resnet-example-masks",
            Network = new NetworkSpec { Layers = Residual },
            Regularization = new RegularizationSpec { DropoutMasks = MaskChoice.Example },
        },
        Early with
        {
            Name = "everything",
            Network = new NetworkSpec { Layers = NormalizedCnn },
            Regularization = new RegularizationSpec
            {
                DropoutMasks = MaskChoice.Pool, MaskPool = 3, InputNoise = 0.05, WeightNoise = 0.02, LabelSmoothing = 0.1, MaxNorm = 2, L1 = 0.001,
            },
            Augmentation = new AugmentationSpec { Rotation = 15, Shift = 1, Brightness = 0.2 },
            Adversarial = Early.Adversarial with { Objective = new TradesObjective() },
            Optimizer = new OptimizerSpec { GradientMean = GradientMean.Holders, LearningRate = 0.05 },
        },
        Early with
        {
            Name = "ema",
            Network = new NetworkSpec { Layers = Normalized },
            Average = new AverageSpec { Type = new EmaAverage { Decay = 0.9 } },
        },
        Pipelined with
        {
            Name = "swa-mart-awp",
            Epochs = 4,
            Average = new AverageSpec { Type = new SwaAverage { LastShare = 0.5 } },
            Adversarial = Pipelined.Adversarial with { Objective = new MartObjective(), AwpGamma = 0.05 },
            Optimizer = new OptimizerSpec { LayerRates = [1, 0.5, 1, 1, 0] },
        },
        Augmented with
        {
            Name = "cut-mix",
            Augmentation = Augmented.Augmentation with { CutMix = 0.7, Cutout = 2 },
            Adversarial = Fused.Adversarial with { Fraction = 0.5, Replica = ReplicaChoice.Full },
            Regularization = new RegularizationSpec { LabelSmoothing = 0.1 },
        },
        Early with
        {
            Name = "field",
            Network = new NetworkSpec { Layers = Residual },
            Data = new DataSpec { Balance = BalanceChoice.Weights },
            Average = new AverageSpec { Type = new EmaAverage { Decay = 0.95 } },
            Augmentation = new AugmentationSpec { Crop = 1, FlipHorizontal = true, Cutout = 1 },
            Adversarial = Early.Adversarial with { Objective = new MartObjective { MartLambda = 6 }, AwpGamma = 0.01, Generation = GenerationChoice.Fused },
            Optimizer = new OptimizerSpec { LearningRate = 0.05, LayerRates = [1, 0, 0.3] },
            Regularization = new RegularizationSpec { LabelSmoothing = 0.1 },
        },
        Early with
        {
            Name = "apgd-evaluation",
            Evaluation = new EvaluationSpec
            {
                ValidationAttack = new ApgdDlrAttack { Norm = AttackNorm.L2, Epsilon = 0.2, Steps = 20 },
                TestAttack = new ApgdTargetedAttack { Steps = 20, Targets = 2, Restarts = 2 },
            },
        },
        Plain with
        {
            Name = "square-evaluation",
            Adversarial = new AdversarialSpec { Attack = Pgd with { Momentum = 0.9 } },
            Evaluation = new EvaluationSpec
            {
                ValidationAttack = new ApgdCeAttack { Steps = 20 },
                TestAttack = new SquareAttack { Queries = 40 },
            },
        },
        Plain with
        {
            Name = "seven-shards",
            Batch = new BatchSpec { Size = 28, Shards = 7 },
            Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = 0.2 },
        },
    }.ToDictionary(spec => spec.Name);

    public static Dataset Data { get; } = new(
        "blobs", [1, 3, 4], Classes, Blobs(0, 96), Blobs(1, 40), Blobs(2, 40), new string('0', 64));

    public static TheoryData<string> Names() => [.. ByName.Keys];

    public static RunSpec Named(string name) => ByName[name];

    public static RunContext Context(RunSpec spec) => new(spec, Data, () => new ManagedProducts());

    public static RunContext Context(string name) => Context(Named(name));

    /// <summary>So few units dropped so often that many replicas keep none of a site.</summary>
    private static LayerDefinition[] Starved =>
    [
        new DropoutLayer { Rate = 0.8 },
        new DenseLayer { Units = 3 }, new ReluLayer(), new DropoutLayer { Rate = 0.8 },
        new DenseLayer { Units = Classes },
    ];

    /// <summary>Drops channels after each convolution, pooled or not, and units after the dense layer.</summary>
    private static LayerDefinition[] Cnn =>
    [
        new Conv2dLayer { Channels = 6, Kernel = 3, Padding = 1 }, new ReluLayer(),
        new MaxPoolLayer { Size = 2, Stride = 1 }, new DropoutLayer { Rate = 0.4 },
        new Conv2dLayer { Channels = 5, Kernel = 2 }, new ReluLayer(), new DropoutLayer { Rate = 0.3 },
        new FlattenLayer(),
        new DenseLayer { Units = 8 }, new ReluLayer(), new DropoutLayer { Rate = 0.3 },
        new DenseLayer { Units = Classes },
    ];

    /// <summary>Every activation, normalized in front of three of them, dropping behind.</summary>
    private static LayerDefinition[] Normalized =>
    [
        new DropoutLayer { Rate = 0.2 },
        new DenseLayer { Units = 16 }, new BatchNormLayer(), new ReluLayer(), new DropoutLayer { Rate = 0.4 },
        new DenseLayer { Units = 10 }, new BatchNormLayer { Momentum = 0.3 }, new LeakyReluLayer { Slope = 0.1 },
        new DenseLayer { Units = 9 }, new TanhLayer(), new DropoutLayer { Rate = 0.3, Classic = true },
        new DenseLayer { Units = 8 }, new BatchNormLayer(), new SigmoidLayer(),
        new DenseLayer { Units = Classes },
    ];

    private static LayerDefinition[] NormalizedCnn =>
    [
        new Conv2dLayer { Channels = 6, Kernel = 3, Padding = 1 }, new BatchNormLayer(), new ReluLayer(),
        new MaxPoolLayer { Size = 2, Stride = 1 }, new DropoutLayer { Rate = 0.4 },
        new Conv2dLayer { Channels = 5, Kernel = 2 }, new TanhLayer(), new FlattenLayer(),
        new DenseLayer { Units = 8 }, new BatchNormLayer(), new ReluLayer(), new DropoutLayer { Rate = 0.3 },
        new DenseLayer { Units = Classes },
    ];

    /// <summary>
    /// Normalized inputs, blocks with and without an identity shortcut, channels dropped inside both, behind a sum and where
    /// others read, every kind of normalization and of average.
    /// </summary>
    private static LayerDefinition[] Residual =>
    [
        new NormalizeLayer { From = NormalizeSource.Training },
        new Conv2dLayer { Channels = 6, Padding = Padding.Same, Bias = false, Init = WeightInit.He },
        new ResidualLayer
        {
            Main =
            [
                new BatchNormLayer(), new ReluLayer(), new Conv2dLayer { Channels = 5, Padding = Padding.Same, Bias = false },
                new BatchNormLayer(), new ReluLayer(), new DropoutLayer { Rate = 0.4 }, new Conv2dLayer { Channels = 6, Padding = Padding.Same, Bias = false },
            ],
        },
        new BatchNormLayer(), new ReluLayer(),
        new ResidualLayer
        {
            Main =
            [
                new Conv2dLayer { Channels = 8, Padding = Padding.Same, Stride = 2 }, new GroupNormLayer { Groups = 2 }, new SiluLayer(),
                new DropoutLayer { Rate = 0.3 }, new Conv2dLayer { Channels = 8, Padding = Padding.Same, Init = WeightInit.Zero },
            ],
            Shortcut = [new Conv2dLayer { Channels = 8, Kernel = 1, Stride = 2 }],
        },
        new ReluLayer(), new DropoutLayer { Rate = 0.2 },
        new Conv2dLayer { Channels = 7, Kernel = 1 }, new LayerNormLayer(), new GeluLayer(), new GlobalAvgPoolLayer(), new DropoutLayer { Rate = 0.3 },
        new DenseLayer { Units = Classes },
    ];

    private static LayerDefinition[] Connected =>
    [
        new DropConnectLayer { Rate = 0.5 },
        new DenseLayer { Units = 16 }, new ReluLayer(), new DropoutLayer { Rate = 0.4 },
        new DropConnectLayer { Rate = 0.3 }, new DenseLayer { Units = 8 }, new ReluLayer(),
        new DenseLayer { Units = Classes },
    ];

    private static LayerDefinition[] Layers(double inputRate, double rate) =>
    [
        .. Dropout(inputRate),
        new DenseLayer { Units = 16 }, new ReluLayer(), .. Dropout(rate),
        new DenseLayer { Units = 8 }, new ReluLayer(), .. Dropout(rate / 2),
        new DenseLayer { Units = Classes },
    ];

    private static LayerDefinition[] Dropout(double rate) => rate == 0 ? [] : [new DropoutLayer { Rate = rate }];

    /// <summary>Each class is bright in three features of its own; noise makes one row in a few ambiguous.</summary>
    private static Examples Blobs(int split, int rows)
    {
        var inputs = new AlignedBuffer(rows * Features);
        new RandomStream(1, RandomPurpose.Glyphs, split).FillUniform(inputs.Span, 0f, 0.8f);
        var labels = new byte[rows];
        for (var row = 0; row < rows; row++)
        {
            labels[row] = (byte)((row * 7 / 3) % Classes);
            for (var i = 0; i < 3; i++) inputs.Span[(row * Features) + (labels[row] * 3) + i] += 0.2f;
        }

        return new Examples(inputs, labels, Features);
    }
}
