using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;
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
using ClusterTrain.Training.Specs;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.Specs;

/// <summary>Random valid specs. Keys are drawn from their attributes, so new ones take part without a change here.</summary>
internal static class RandomSpec
{
    public static Gen<RunSpec> Valid() =>
        from spec in Section(typeof(RunSpec))
        from layers in Layers()
        from rows in Gen.Choose(1, 64)
        from warmup in Gen.Choose(0, 1000)
        select MadeConsistent((RunSpec)spec, layers, rows, warmup / 1000.0);

    private static Gen<object> Section(Type type) =>
        SpecSchema.FieldsOf(type).Aggregate(
            Gen.Fresh(() => Activator.CreateInstance(type)!),
            (section, field) =>
                from made in section
                from value in Value(field, field.Property.GetValue(made)!)
                select Set(made, field, value));

    private static object Set(object section, SpecField field, object value)
    {
        field.Property.SetValue(section, value);
        return section;
    }

    private static Gen<object> Value(SpecField field, object initial)
    {
        var (min, max) = (Math.Max(field.Key.Min, -1e9), Math.Min(field.Key.Max, 1e15));
        var fraction =
            from high in Gen.Choose(0, 1 << 26)
            from low in Gen.Choose(1, 1 << 26)
            select (high + (low / (double)(1 << 26))) / ((1 << 26) + 1.0);
        return field switch
        {
            { Choice: { } choice } =>
                from entry in Gen.Elements<Technique>(choice.Entries)
                from made in Section(entry.GetType())
                select made,
            { IsSection: true } => Section(field.Type),
            { Type.IsEnum: true } => Gen.Elements(SpecSchema.NamesOf(field.Type).Select(pair => pair.Value)),
            _ when field.Type == typeof(bool) => Gen.Elements<object>(true, false),
            _ when field.Type == typeof(string) => Gen.Elements<object>("run", "a.b-c_d", "2024", "null", "true", "0x1F", "1e5", "2024-01-01", "No"),
            _ when field.Type == typeof(int) => fraction.Select(part => (object)(int)(min + (part * (max - min)))),
            _ when field.Type == typeof(long) => fraction.Select(part => (object)(long)(min + (part * (max - min)))),
            _ when field.Type == typeof(double) => Gen.OneOf(
                fraction.Select(part => (object)(min + (part * (max - min)))),
                fraction.Select(part => (object)Math.Max(min, Math.ScaleB(part, -40))),
                Gen.Constant((object)max)),
            _ => Gen.Constant(initial),
        };
    }

    private static Gen<IReadOnlyList<LayerDefinition>> Layers() =>
        from blocks in Gen.Choose(0, 4)
        from units in Gen.Choose(1, 65_536).ArrayOf(blocks + 1)
        from rates in Gen.Choose(0, 1000).ArrayOf(blocks + 1)
        select (IReadOnlyList<LayerDefinition>)
            [.. Maps(rates[0]), .. Enumerable.Range(0, blocks).SelectMany(i => Block(units[i], rates[i])), new DenseLayer { Units = units[blocks] }];

    private static LayerDefinition[] Maps(int number) => number % 3 > 0 ? [] :
    [
        .. number % 4 > 0 ? [] : new LayerDefinition[] { new NormalizeLayer { Mean = [number * 0.001], Deviation = [1 + (number * 0.01)] } },
        new Conv2dLayer
        {
            Channels = 1 + number, Kernel = 1 + (number % 7), Padding = number % 5, Stride = 1 + (number % 4),
        },
        new ReluLayer(),
        .. number % 2 > 0 ? [] : new LayerDefinition[] { Sum(1 + number, number) },
        new MaxPoolLayer { Size = 1 + (number % 5), Stride = number % 4 },
        new FlattenLayer(),
    ];

    // Adds what it reads, or a projection of it; every third one holds another block.
    private static ResidualLayer Sum(int channels, int number) => new()
    {
        Main =
        [
            new BatchNormLayer { Gamma = number * 0.01 }, new SiluLayer(),
            new Conv2dLayer { Channels = channels, Kernel = 1 + (2 * (number % 3)), Padding = Padding.Same, Bias = number % 5 == 0 },
            .. number % 3 > 0 ? [] : new LayerDefinition[] { Sum(channels, number + 1) },
            new DropoutLayer { Rate = 0.2 + (number * 0.0003) },
            new Conv2dLayer { Channels = channels, Kernel = 3, Padding = 1, Init = WeightInit.Zero },
        ],
        Shortcut = number % 4 > 0 ? [] : [new Conv2dLayer { Channels = channels, Kernel = 1 }, new GroupNormLayer { Groups = channels }],
    };

    private static IEnumerable<LayerDefinition> Block(int units, int rate) =>
    [
        .. rate % 5 > 0 ? [] : new LayerDefinition[] { new DropConnectLayer { Rate = rate * 0.0005 } },
        new DenseLayer { Units = units },
        .. rate % 4 > 0 ? [] : new LayerDefinition[] { new BatchNormLayer { Momentum = 0.001 + (rate * 0.0005) } },
        (rate % 7) switch
        {
            0 => new LeakyReluLayer { Slope = 0.001 + (rate * 0.0005) },
            1 => new TanhLayer(),
            2 => new SigmoidLayer(),
            _ => new ReluLayer(),
        },
        .. rate % 2 == 0 ? [] : new LayerDefinition[] { new DropoutLayer { Rate = 0.2 + (rate * 0.0003) } },
    ];

    private static bool MayMix(RunSpec spec) =>
        spec.Adversarial.Objective is CrossEntropyObjective { CleanWeight: 0 } && spec.Data.Balance != BalanceChoice.Weights;

    private static RunSpec MadeConsistent(RunSpec spec, IReadOnlyList<LayerDefinition> layers, int rows, double warmup) => spec with
    {
        Network = new() { Layers = layers },
        Augmentation = spec.Augmentation with { CutMix = MayMix(spec) ? spec.Augmentation.CutMix : 0, ScaleMax = Math.Max(spec.Augmentation.ScaleMin, spec.Augmentation.ScaleMax) },
        Batch = new() { Shards = 1 + (spec.Batch.Shards % 64), Size = (1 + (spec.Batch.Shards % 64)) * (1 + rows) },
        Data = Folding(spec.Data with { Train = 0, Test = 0 }),
        Optimizer = spec.Optimizer with { LayerRates = [0.125 + warmup] },
        Initialization = new() { From = spec.Initialization.From, Layers = [0] },
        Schedule = spec.Schedule with { WarmupEpochs = warmup * spec.Epochs },
        Adversarial = Consistent(spec.Adversarial with { WarmupEpochs = warmup * spec.Epochs, Attack = Training(Stepping(spec.Adversarial.Attack)) }),
        Evaluation = spec.Evaluation with
        {
            ValidationAttack = spec.Evaluation.ValidationAttack is NoAttack ? new PgdAttack() : Stepping(spec.Evaluation.ValidationAttack),
            TestAttack = Stepping(spec.Evaluation.TestAttack),
            ValidationAttackRows = Math.Min(spec.Evaluation.ValidationAttackRows, spec.Data.Validation),
        },
    };

    private static AdversarialSpec Consistent(AdversarialSpec spec) => spec.Objective switch
    {
        TradesObjective or MartObjective => spec with { Fraction = 1, Attack = new PgdAttack { Epsilon = 0.3 } },
        CrossEntropyObjective { CleanWeight: > 0 } => spec with { Fraction = 1 },
        _ => spec,
    };

    private static Attack Training(Attack attack) => attack is BallAttack { CanTrain: false } ? new PgdAttack() : attack;

    private static DataSpec Folding(DataSpec data) =>
        data with { Extra = data.Extra == data.Name ? "" : data.Extra, Folds = data.Folds == 1 ? 2 : data.Folds, Fold = 1 + (data.Fold % Math.Max(2, data.Folds)) };

    private static Attack Stepping(Attack attack) =>
        attack is PgdAttack pgd ? pgd with { StepSize = Math.Max(pgd.StepSize, 1e-5) } : attack;
}
