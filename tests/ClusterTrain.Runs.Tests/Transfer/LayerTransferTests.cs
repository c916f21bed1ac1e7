using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Transfer;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Transfer;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Transfer;

public sealed class LayerTransferTests : IDisposable
{
    // Layers with weights: 0 and 2 fit, 4 is the head, of another size in Other.
    private static readonly LayerDefinition[] Own = Net(16, 8, 4);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Initial_WithATransfer_HasTheOthersBitsInLoadedLayersAndItsOwnElsewhere()
    {
        var other = Write("other.safetensors", Net(16, 9, 4), seed: 3);
        var fresh = RunState.Initial(Plan(Spec(Own), null)).Model;

        var plan = Plan(Spec(Own) with { Initialization = new() { From = "x", Partial = true } }, other);
        var loaded = RunState.Initial(plan).Model;

        Assert.Equal(["0.weight", "0.bias"], plan.Transfer!.Names);
        foreach (var tensor in plan.Network.Tensors)
        {
            var values = loaded.Parameters.Span.Slice(tensor.Offset, tensor.Length).ToArray();
            if (plan.Transfer.Names.Contains(tensor.Name)) Assert.Equal(other.Values(tensor.Name).ToArray(), values);
            else Assert.Equal(fresh.Parameters.Span.Slice(tensor.Offset, tensor.Length).ToArray(), values);
        }

        Assert.NotEqual(fresh.Parameters.Span[..16].ToArray(), loaded.Parameters.Span[..16].ToArray());
        Assert.Equal(loaded.Parameters.Span.ToArray(), loaded.Previous.Parameters.ToArray());
    }

    [Fact]
    public void Initial_LayersNamed_LoadsThoseAlone()
    {
        var other = Write("other.safetensors", Own, seed: 3);

        var plan = Plan(Spec(Own) with { Initialization = new() { From = "x", Layers = [2] } }, other);

        Assert.Equal(["2.weight", "2.bias"], plan.Transfer!.Names);
    }

    [Fact]
    public void Of_WrongLayers_NamesEachWithBothShapes()
    {
        var other = Write("other.safetensors", Net(16, 9), seed: 3);

        var failure = Assert.Throws<TransferException>(() =>
            Plan(Spec(Own) with { Initialization = new() { From = "x", Layers = [0, 1, 2, 4] } }, other));

        Assert.Equal(
            $"initialization: layer 1 has no weights; allowed: 0, 2, 4; 2.weight is [8, 16] here and [9, 16] in {other.Path}; "
            + $"2.bias is [8] here and [9] in {other.Path}; {other.Path} has no 4.weight; {other.Path} has no 4.bias",
            failure.Message);
    }

    [Fact]
    public void Of_NothingMatches_SaysWhyOfEachTensor()
    {
        var other = Write("other.safetensors", Net(5, 9), seed: 3);

        var failure = Assert.Throws<TransferException>(() => Plan(Spec(Own) with { Initialization = new() { From = "x" } }, other));

        Assert.StartsWith($"initialization: no layer matches {other.Path}: 0.weight is [16, 12] here and [5, 12] in ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SomeLayersMatchAndNothingIsSaidOfTheOthers_IsRefusedWithTheReasons()
    {
        var other = Write("other.safetensors", Net(16, 9, 4), seed: 3);

        var failure = Assert.Throws<TransferException>(() => Plan(Spec(Own) with { Initialization = new() { From = "x" } }, other));

        Assert.Contains("2.weight is [8, 16] here and [9, 16] in ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("initialization.layers, or set initialization.partial: true to draw the others", failure.Message, StringComparison.Ordinal);
        var lines = Plan(Spec(Own) with { Initialization = new() { From = "x", Partial = true } }, other).Transfer!.Lines().ToList();
        Assert.Equal($"initialization: loaded 0.weight, 0.bias from {other.Path}", lines[0]);
        Assert.Contains("drawn and not loaded: 2.weight is [8, 16] here", lines[1], StringComparison.Ordinal);
        Assert.Equal("initialization: not taken of the file: 2.bias, 2.weight, 4.bias, 4.weight", lines[2]);
    }

    [Theory]
    [InlineData("torch.safetensors", "", false)]
    [InlineData("wrapped.safetensors", "", false)]
    [InlineData("named.safetensors", "conv1, layer1.0.bn1, fc", false)]
    [InlineData("double.safetensors", "", false)]
    [InlineData("keras.safetensors", "conv, norm, head", true)]
    public void Of_FileOfAnotherProgram_GivesTheSameWeights(string name, string modules, bool transposed)
    {
        LayerDefinition[] layers = [new Conv2dLayer { Channels = 2, Kernel = 2 }, new BatchNormLayer(), new FlattenLayer(), new DenseLayer { Units = 4 }];
        var spec = new InitializationSpec { From = "x", Modules = modules, Transposed = transposed };
        var network = Network.Build(new MapShape(3, 3, 3), layers);

        float[] Loaded(string file, InitializationSpec how)
        {
            var parameters = new float[network.ParameterCount];
            LayerTransfer.Of(network, WeightSource.Open(how, Foreign(file)).Tensors, how).Into(parameters);
            return parameters;
        }

        var expected = Loaded("plain.safetensors", new InitializationSpec { From = "x" });
        Assert.Equal(expected, Loaded(name, spec));
        Assert.True(expected.Distinct().Count() > 40);
    }

    [Theory]
    [InlineData("half.safetensors", 1e-3)]
    [InlineData("bfloat.safetensors", 1e-2)]
    public void Of_HalfPrecision_IsWithinItsRounding(string name, double tolerance)
    {
        var (exact, half) = (WeightSource.Open(new(), Foreign("plain.safetensors")).Tensors, WeightSource.Open(new(), Foreign(name)).Tensors);

        Assert.All(exact.Values("0.weight").ToArray().Zip(half.Values("0.weight").ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.NotEqual(exact.Values("0.weight").ToArray(), half.Values("0.weight").ToArray());
    }

    [Fact]
    public void Of_NaNInTheFile_SaysThatItIsInTheFile()
    {
        var source = WeightSource.Open(new(), Foreign("nan.safetensors")).Tensors;
        LayerDefinition[] layers = [new Conv2dLayer { Channels = 2, Kernel = 2 }, new BatchNormLayer(), new FlattenLayer(), new DenseLayer { Units = 4 }];

        var failure = Assert.Throws<TransferException>(
            () => LayerTransfer.Of(Network.Build(new MapShape(3, 3, 3), layers), source, new InitializationSpec { From = "x" }));

        Assert.Contains($"3.weight has NaN at element 5 in {source.Path}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OtherNumberOfModulesThanLayers_NamesTheLayers()
    {
        var spec = new InitializationSpec { From = "x", Modules = "a, b" };

        var failure = Assert.Throws<TransferException>(() => Plan(Spec(Own) with { Initialization = spec }, Write("other.safetensors", Own, seed: 3)));

        Assert.Equal("initialization.modules: 2 names, but the network has 3 layers with weights: 0, 2, 4", failure.Message);
    }

    [Fact]
    public void Initial_WithoutTheWeightsThatTheSpecNames_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => RunState.Initial(Plan(Spec(Own) with { Initialization = new() { From = "x" } }, null)));

    [Fact]
    public void Open_OtherFileThanTheSpecSays_NamesBothHashes()
    {
        var other = Write("other.safetensors", Own, seed: 3);
        var sealed64 = new InitializationSpec { From = other.Path, Sha256 = new string('a', 64) };

        var failure = Assert.Throws<CheckpointException>(() => WeightSource.Open(sealed64, other.Path));

        Assert.Contains($"sha256 {Sha256Hex.Of(File.ReadAllBytes(other.Path))}, initialization.sha256 says aaaa", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoRunAndNoFile_SaysWhatIsAllowed()
    {
        var missing = new InitializationSpec { From = "gone" };

        Assert.Contains("neither a run's folder nor a file", Assert.Throws<CheckpointException>(() => WeightSource.Open(missing, _folder["gone"])).Message, StringComparison.Ordinal);
        Assert.Contains("no run with a checkpoint", Assert.Throws<CheckpointException>(() => WeightSource.Open(missing, _folder.FullPath)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["text"], "no tensors");
        Assert.StartsWith("initialization.from: ", Assert.Throws<CheckpointException>(() => WeightSource.Open(missing, _folder["text"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("pipelined")]
    public void Run_WithATransfer_HasTheSameBitsWithOneAndThreeWorkers(string name)
    {
        var spec = TinyRuns.Named(name) with { Initialization = new() { From = "x" } };
        var other = Write("other.safetensors", spec.Network.Layers, seed: 3);
        string Bits(int workers, ITensorSource? source)
        {
            var context = new RunContext(source is null ? TinyRuns.Named(name) : spec, TinyRuns.Data, () => new ManagedProducts(), source);
            var outcome = new LocalEngine(new EngineOptions { Workers = workers }, TimeProvider.System)
                .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), new RecordingObserver(), CancellationToken.None);
            return StateTensors.Hash(outcome.Model);
        }

        Assert.Equal(Bits(1, other), Bits(3, other));
        Assert.NotEqual(Bits(1, null), Bits(1, other));
    }

    private static string Foreign(string name) =>
        Path.Combine(Repository.Root, "tests", "ClusterTrain.Runs.Tests", "Transfer", "Files", name);

    private static RunSpec Spec(LayerDefinition[] layers) => TinyRuns.Plain with { Network = new NetworkSpec { Layers = layers } };

    private static RunPlan Plan(RunSpec spec, ITensorSource? source) => new(spec, TinyRuns.Data, source);

    private static LayerDefinition[] Net(params int[] units) =>
        [.. units.SelectMany(count => new LayerDefinition[] { new DenseLayer { Units = count }, new ReluLayer() }).SkipLast(1)];

    private ITensorSource Write(string name, IReadOnlyList<LayerDefinition> layers, long seed)
    {
        var plan = new RunPlan(TinyRuns.Plain with { Seed = seed, Network = new NetworkSpec { Layers = layers } }, TinyRuns.Data);
        using (var file = File.Create(_folder[name]))
            SafetensorsWriter.Write(file, new Dictionary<string, string>(StringComparer.Ordinal), StateTensors.Of(RunState.Initial(plan).Model));
        return WeightSource.Open(new InitializationSpec { From = name }, _folder[name]).Tensors;
    }
}
