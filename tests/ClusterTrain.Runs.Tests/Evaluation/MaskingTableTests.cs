using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

/// <summary>Networks that hide their gradients are named, by what <c>evaluate</c> checks and by what <c>train</c> does; honest ones are not.</summary>
public sealed class MaskingTableTests
{
    private const string Vanished = "gradients of cross-entropy have not vanished";
    private const string OneStep = "one step finds most of what many find";

    private static readonly PgdAttack Pgd = new() { Epsilon = 0.1, StepSize = 0.02, Steps = 20 };

    static MaskingTableTests() => LayerCatalogue.All.Add(LayerType.Of<QuantizeLayer>("y = x in steps of 1/8"));

    public static TheoryData<string> Honest =>
    [
        "mlp", "mlp robust", "mlp sigmoid", "cnn", "cnn robust", "resnet", "resnet robust", "tiny", "tiny robust", "linear", "mlp one step",
    ];

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(1e6)]
    public void Saturated_Logits_AreNamed(float factor) => AssertNamed(Vanished, TinyNetwork.Masked(factor), Pgd);

    [Fact]
    public void Saturated_Sigmoid_IsNamed()
    {
        var context = Context(new DenseLayer { Units = 8 }, new SigmoidLayer(), new DenseLayer { Units = 4 });
        var state = Trained(context);
        foreach (ref var weight in Tensor(state, 0)) weight *= 1e4f;
        foreach (ref var bias in Tensor(state, 1)) bias *= 1e4f;

        AssertNamed(Vanished, new RobustEvaluation(context, state, 1, TimeProvider.System), Pgd);
    }

    [Fact]
    public void Quantized_Inputs_AreNamed()
    {
        // The first layer hands each input on, as dense layers do with unit weights, to be quantized.
        var context = Context(
            new DenseLayer { Units = 12 }, new QuantizeLayer(), new DenseLayer { Units = 16 }, new ReluLayer(), new DenseLayer { Units = 4 });
        var state = RunState.Initial(context.Plan).Model;
        var inputs = Tensor(state, 0);
        for (var i = 0; i < inputs.Length; i++) inputs[i] = i % 13 == 0 ? 1 : 0;
        new SerialTrainer(context).Train(new RunState(state, null, Training.Stopping.StoppingState.Start));

        AssertNamed(Vanished, new RobustEvaluation(context, state, 1, TimeProvider.System), Pgd);
    }

    /// <summary>Right at the row and one step of epsilon away from it, wrong between.</summary>
    [Fact]
    public void Collapsed_TrainingOnOneStep_IsNamed()
    {
        var (evaluation, fgsm) = Collapsed(new FgsmAttack { Epsilon = 0.25 });
        var pgd = new PgdAttack { Epsilon = 0.25, StepSize = 0.05, Steps = 20, RandomStart = false };

        Assert.True(evaluation.Attack(fgsm, evaluation.Clean(40)).RobustAccuracy > 0.9);
        Assert.True(evaluation.Attack(pgd, evaluation.Clean(40)).RobustAccuracy < 0.1);
        AssertNamed(OneStep, evaluation, fgsm);
        AssertNamed(OneStep, evaluation, pgd);
    }

    [Theory]
    [MemberData(nameof(Honest))]
    public void Honest_Network_IsNotNamed(string kind)
    {
        var context = kind switch
        {
            "mlp" => TinyRuns.Context(Long(TinyRuns.Plain)),
            "mlp robust" => TinyRuns.Context(Long(TinyRuns.Plain) with { Adversarial = new AdversarialSpec { Attack = Pgd } }),
            "mlp one step" => TinyRuns.Context(Long(TinyRuns.Plain) with { Adversarial = new AdversarialSpec { Attack = new FgsmAttack { Epsilon = 0.1 } } }),
            "mlp sigmoid" => Context(new DenseLayer { Units = 16 }, new SigmoidLayer(), new DenseLayer { Units = 4 }),
            "cnn" => TinyRuns.Context(Long(TinyRuns.Named("cnn")) with { Adversarial = new AdversarialSpec() }),
            "cnn robust" => TinyRuns.Context(Long(TinyRuns.Named("cnn"))),
            "resnet" => TinyRuns.Context(Long(TinyRuns.Named("resnet")) with { Adversarial = new AdversarialSpec() }),
            "resnet robust" => TinyRuns.Context(Long(TinyRuns.Named("resnet"))),
            "tiny" => Context(new DenseLayer { Units = 3 }, new TanhLayer(), new DenseLayer { Units = 4 }),
            "tiny robust" => With(new AdversarialSpec { Attack = Pgd }, new DenseLayer { Units = 3 }, new TanhLayer(), new DenseLayer { Units = 4 }),
            _ => Context(new DenseLayer { Units = 4 }),
        };
        var evaluation = new RobustEvaluation(context, Trained(context), 1, TimeProvider.System);
        var checks = SanityChecks.Quick(evaluation, Pgd, 40).Concat(Evaluated(evaluation, Pgd));

        Assert.All(checks, check => Assert.True(check.Holds, $"{check.Name}: {check.Detail}"));
    }

    private static void AssertNamed(string check, RobustEvaluation evaluation, BallAttack attack)
    {
        Assert.Contains(check, Evaluated(evaluation, attack).Where(made => !made.Holds).Select(made => made.Name));
        Assert.Contains(check, SanityChecks.Quick(evaluation, attack, 40).Where(made => !made.Holds).Select(made => made.Name));
    }

    private static IReadOnlyList<SanityCheck> Evaluated(RobustEvaluation evaluation, BallAttack attack)
    {
        var clean = evaluation.Clean(40);
        return SanityChecks.Run(evaluation, clean, [evaluation.Attack(attack, clean)], 40);
    }

    private static RunContext Context(params LayerDefinition[] layers) => With(new AdversarialSpec(), layers);

    private static RunContext With(AdversarialSpec adversarial, params LayerDefinition[] layers) =>
        TinyRuns.Context(Long(TinyRuns.Plain) with { Network = new NetworkSpec { Layers = layers }, Adversarial = adversarial });

    private static RunSpec Long(RunSpec spec) => spec with { Epochs = 30 };

    private static ModelState Trained(RunContext context) => new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;

    private static Span<float> Tensor(ModelState state, int index) =>
        state.Parameters.Span.Slice(state.Network.Tensors[index].Offset, state.Network.Tensors[index].Length);

    // Over t, the sum of four inputs: class 0 where t is near a whole number, class 1 near the halves. A step of 0.25 in every
    // input moves t by 1. The rows are those whose t is near 1, 2 or 3.
    private static (RobustEvaluation Evaluation, BallAttack Attack) Collapsed(BallAttack attack)
    {
        const int rows = 40;
        var inputs = new AlignedBuffer(rows * 4);
        for (var i = 0; i < inputs.Length; i++) inputs.Span[i] = (((i / 4 % 3) + 1) / 4f) + ((i / 4 % 2 == 0 ? 1 : -1) * 0.01f);
        var examples = new Examples(inputs, new byte[rows], 4);
        var data = new Dataset("waves", [1, 1, 4], 2, examples, examples, examples, new string('0', 64));
        var spec = TinyRuns.Plain with
        {
            Adversarial = new AdversarialSpec { Attack = attack },
            Network = new NetworkSpec { Layers = [new DenseLayer { Units = 8 }, new ReluLayer(), new DenseLayer { Units = 2 }] },
            Batch = new BatchSpec { Size = 20, Shards = 4 },
            Optimizer = new OptimizerSpec { Type = new SgdRule() },
        };
        var context = new RunContext(spec, data, () => new ManagedProducts());
        var state = RunState.Initial(context.Plan).Model;
        Tensor(state, 0).Fill(1);
        for (var unit = 0; unit < 8; unit++) Tensor(state, 1)[unit] = -unit / 2f; // relu(t - unit / 2): a bend at every half
        Tensor(state, 2).Clear();
        for (var unit = 0; unit < 8; unit++) Tensor(state, 2)[8 + unit] = unit == 0 ? 1 : unit % 2 == 1 ? -2 : 2;
        Tensor(state, 3).Clear();
        Tensor(state, 3)[1] = -0.25f;
        return (new RobustEvaluation(context, state, 1, TimeProvider.System), attack);
    }

    /// <summary>Values in steps of 1/8: flat between, so that its gradient is 0.</summary>
    public sealed record QuantizeLayer : ActivationLayer
    {
        public override bool IsMonotone => true;

        public override void Forward(Span<float> z)
        {
            foreach (ref var value in z) value = MathF.Floor(value * 8) / 8;
        }

        public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da) => da.Clear();

        public override double Value(double z) => Math.Floor(z * 8) / 8;

        public override double Derivative(double z) => 0;
    }
}
