using System.Globalization;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Import;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Import;

/// <summary>Networks that PyTorch trained, exported and attacked; <c>tests/golden/generate_onnx.py</c> made the files.</summary>
public sealed class PyTorchModelTests
{
    private const int Classes = 5;

    // Rows whose fate hangs on a random start.
    private const int Tolerance = 2;

    public static TheoryData<string> Cases => ["onnx_cnn", "onnx_resnet"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_OfAModelOfPyTorch_AreItsOwn(string name)
    {
        var (context, state, golden) = Open(name);
        var replica = new Replica(state.Network, new ManagedProducts(), context.Data.Test.Rows);
        replica.Bind(state.Parameters.Memory, new ReplicaMask(state.Network).Fill());

        var logits = replica.Forward(context.Data.Test.Inputs.Span, context.Data.Test.Rows).ToArray();

        var expected = golden.Float32("logits").ToArray();
        Assert.Equal(expected.Length, logits.Length);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i], logits[i], 1e-5 * Math.Max(1, Math.Abs(expected[i])));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attack_OfAModelOfPyTorch_FindsWhatItsOwnPgdFinds(string name)
    {
        var (context, state, golden) = Open(name);
        var evaluation = new RobustEvaluation(context, state, 1, TimeProvider.System);
        double Number(string key) => double.Parse(golden.Metadata[key], CultureInfo.InvariantCulture);

        var clean = evaluation.Clean(context.Data.Test.Rows);
        var outcome = evaluation.Attack(
            new PgdAttack { Epsilon = Number("epsilon"), StepSize = Number("step"), Steps = (int)Number("steps"), Restarts = (int)Number("restarts") }, clean);

        Assert.Equal(Number("clean"), clean.Count(right => right));
        Assert.InRange(Number("robust"), 0.2 * clean.Length, 0.9 * clean.Length);
        Assert.InRange(outcome.StillCorrect.Count(right => right), Number("robust") - Tolerance, Number("robust") + Tolerance);
    }

    [Fact]
    public void Layers_OfModelsOfPyTorch_AreThoseOfTheModules()
    {
        Assert.Equal(
            "normalize conv2d relu maxPool conv2d leakyRelu maxPool flatten dense gelu dense", Kinds(Read("onnx_cnn").Layers));
        var resnet = Read("onnx_resnet");
        Assert.Equal(
            "conv2d relu residual(conv2d relu conv2d|) relu residual(conv2d relu conv2d|conv2d) relu residual(batchNorm silu conv2d|) groupNorm relu "
            + "globalAvgPool dense", Kinds(resnet.Layers));
        Assert.Contains("(Softmax) is left out", Assert.Single(resnet.Notes), StringComparison.Ordinal);
    }

    private static string Kinds(IReadOnlyList<LayerDefinition> layers) => string.Join(' ', layers.Select(layer =>
        LayerCatalogue.Of(layer).Name + (layer.Branches.Count == 0 ? "" : $"({string.Join('|', layer.Branches.Select(branch => Kinds(branch.Layers)))})")));

    private static OnnxNetwork Read(string name) => OnnxNetwork.Read(Golden(name + ".onnx"));

    private static (RunContext Context, ModelState State, SafetensorsFile Golden) Open(string name)
    {
        var (network, golden) = (Read(name), SafetensorsFile.Read(Golden(name + ".safetensors")));
        var labels = golden.Int64("y").ToArray();
        var inputs = new AlignedBuffer(golden.Typed<byte>("x").Data.Length);
        foreach (var (i, value) in golden.Typed<byte>("x").Data.ToArray().Index()) inputs.Span[i] = value / 255f;
        var rows = new Examples(inputs, [.. labels.Select(label => (byte)label)], inputs.Span.Length / labels.Length);
        var data = new Dataset("golden", network.InputShape, Classes, rows, rows, rows, "");
        var spec = new RunSpec { Network = new NetworkSpec { Layers = network.Layers }, Batch = new BatchSpec { Size = 1, Shards = 1 } };
        var context = new RunContext(spec, data, () => new ManagedProducts(), network);
        return (context, RunState.Initial(context.Plan).Model, golden);
    }

    private static string Golden(string file) => Path.Combine(Repository.Root, "tests", "golden", file);
}
