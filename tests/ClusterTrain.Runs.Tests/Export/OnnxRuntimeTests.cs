using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Export;
using ClusterTrain.Runs.Export.Onnx;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using Microsoft.ML.OnnxRuntime;

namespace ClusterTrain.Runs.Tests.Export;

/// <summary>
/// Exported networks in a program that others run them with, ONNX Runtime. With <c>CLUSTERTRAIN_EXPORTS</c> set to a folder, each
/// network is kept there as <c>tests/golden/compare_exports.py</c> reads it, which compares with PyTorch.
/// </summary>
public sealed class OnnxRuntimeTests
{
    private const int MostRows = 7;
    private const double Tolerance = 1e-5;
    private static readonly string? Kept = Environment.GetEnvironmentVariable("CLUSTERTRAIN_EXPORTS");

    public static TheoryData<string> Names() => [.. ExportedNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_InOnnxRuntime_HasTheReplicasLogitsForOneRowAndForSeveral(string name)
    {
        var (spec, input) = ExportedNetworks.Of(name);
        var state = State(spec, input);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        var graph = OnnxGraph.Of(MapShape.Of(input), spec.Network.Layers, state.Network, state.Parameters.Memory);
        using var session = new InferenceSession(OnnxFile.Model(graph, spec.Name, []), options);
        var replica = new Replica(state.Network, new ManagedProducts(), MostRows);
        replica.Bind(state.Parameters.Memory, new ReplicaMask(state.Network).Fill());
        var rows = new float[MostRows * state.Network.Inputs];
        new RandomStream(3, RandomPurpose.Audit, 0).FillUniform(rows, 0f, 1f);
        var expected = replica.Forward(rows, MostRows).ToArray();
        Keep(name, spec, input, state, rows, expected);

        AssertClose(expected, Logits(session, graph, rows, MostRows));
        var single = rows.AsSpan(2 * state.Network.Inputs, state.Network.Inputs).ToArray();
        AssertClose(replica.Forward(single, 1).ToArray(), Logits(session, graph, single, 1));
        Assert.True(expected.Distinct().Count() > MostRows, "logits that are all alike compare nothing");
    }

    [Fact]
    public void Model_OfAScaledTable_ReadsTheValuesOfTheFile()
    {
        var (spec, input) = (TinyRuns.Plain with { Network = new NetworkSpec { Layers = [new DenseLayer { Units = 3 }] } }, new[] { 2 });
        var state = State(spec, input);
        var scaling = new DataScaling(ScaleChoice.Standard, [100, -5], [20, 0.5]);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        var graph = OnnxGraph.Of(MapShape.Of(input), spec.Network.Layers, state.Network, state.Parameters.Memory, scaling);
        using var session = new InferenceSession(OnnxFile.Model(graph, spec.Name, []), options);
        var replica = new Replica(state.Network, new ManagedProducts(), MostRows);
        replica.Bind(state.Parameters.Memory, new ReplicaMask(state.Network).Fill());

        float[] stored = [130, -5.25f, 90, -4];

        AssertClose(replica.Forward([1.5f, -0.5f, -0.5f, 2], 2).ToArray(), Logits(session, graph, stored, 2));
    }

    [Fact]
    public void Names_OfTheNetworks_CoverEveryKindOfLayer()
    {
        var used = ExportedNetworks.Names.SelectMany(name => LayerSchema.Walk(ExportedNetworks.Of(name).Spec.Network.Layers));

        // A name that stands for layers is one of the networks.
        Assert.Subset(
            used.Select(item => LayerSchema.NameOf(item.Layer)).Concat(ExportedNetworks.Names).ToHashSet(StringComparer.Ordinal),
            LayerCatalogue.All.BuiltIn.Select(kind => kind.Name).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Weights as drawn, and the numbers that begin at 0 or 1 drawn too, so that none can be taken for another.</summary>
    private static ModelState State(RunSpec spec, IReadOnlyList<int> input)
    {
        var network = Network.Build(MapShape.Of(input), NormalizeLayer.Fill(spec.Network.Layers, () => ([0.3], [0.4])));
        var state = ModelState.Initial(network, spec.Optimizer.Type, seed: 5);
        foreach (var (index, tensor) in network.Tensors.Index().Where(item => item.Item.Shape.Count == 1))
        {
            var isBias = tensor.Name.EndsWith(".bias", StringComparison.Ordinal) || tensor.Name.EndsWith("_mean", StringComparison.Ordinal);
            new RandomStream(4, RandomPurpose.Audit, index)
                .FillUniform(state.Parameters.Span.Slice(tensor.Offset, tensor.Length), isBias ? -0.3f : 0.5f, isBias ? 0.3f : 1.5f);
        }

        return state;
    }

    private static float[] Logits(InferenceSession session, OnnxGraph graph, float[] rows, int batch)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(rows, [batch, .. graph.InputShape.Select(side => (long)side)]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [OnnxGraph.Input], [input], [OnnxGraph.Output]);
        Assert.Equal([batch, graph.Classes], outputs[0].GetTensorTypeAndShape().Shape);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        var largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, found.Length);
        var apart = expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(apart <= Tolerance * largest, $"{apart} apart where the largest logit is {largest}");
    }

    private static void Keep(string name, RunSpec spec, IReadOnlyList<int> input, ModelState state, float[] rows, float[] logits)
    {
        if (string.IsNullOrEmpty(Kept)) return;
        Directory.CreateDirectory(Kept);
        var path = Path.Combine(Kept, name);
        SafetensorsExport.Write(path + ".safetensors", spec, input, state);
        using var file = File.Create(path + ".rows");
        SafetensorsWriter.Write(file, new Dictionary<string, string>(StringComparer.Ordinal),
        [
            new NamedTensor<float>("x", [MostRows, .. input], rows), new NamedTensor<float>("logits", [MostRows, state.Network.Outputs], logits),
        ]);
    }
}
