using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Tests.Extending;

/// <summary>Kinds of layers that this project alone knows: one record, one call, and a spec may name them.</summary>
public sealed class AddedLayerTests
{
    static AddedLayerTests()
    {
        LayerCatalogue.All.Add(LayerType.Of<SquaredReluLayer>("y = max(x, 0)^2"));
        LayerCatalogue.All.Add(LayerType.Of<ReversalLayer>("Features in reverse order"));
    }

    [Theory]
    [InlineData("{ type: squaredRelu }", "{ type: relu }")]
    [InlineData("{ type: reversal, factor: 0.5 }", "{ type: reversal, factor: 0.25 }")]
    public void Train_AddedLayerByName_TrainsWithIt(string layer, string other)
    {
        var (trained, start) = Trained(layer);

        Assert.NotEqual(start, trained);
        Assert.Equal(trained, Trained(layer).Trained);
        Assert.NotEqual(trained, Trained(other).Trained);
    }

    [Fact]
    public void Check_OptionOutOfRange_SaysWhatTheRecordAllows() => Assert.Equal(
        "'3' is out of range; allowed: above 0, up to 1", SpecText.OnlyError(Yaml("{ type: reversal, factor: 3 }")).Message);

    [Fact]
    public void Write_SpecWithAnAddedLayer_ReadsBackTheSame()
    {
        var spec = SpecText.Clean(Yaml("{ type: reversal, factor: 0.5 }"));

        Assert.Contains("- { type: reversal, factor: 0.5 }", SpecWriter.Write(spec), StringComparison.Ordinal);
        Assert.Equal(spec, SpecText.Clean(SpecWriter.Write(spec)));
    }

    private static (string Trained, string Start) Trained(string layer)
    {
        var context = TinyRuns.Context(SpecText.Clean(Yaml(layer)));
        var start = RunState.Initial(context.Plan);
        var before = string.Join(' ', start.Model.Parameters.Span.ToArray());
        return (string.Join(' ', new SerialTrainer(context).Train(start).Model.Parameters.Span.ToArray()), before);
    }

    private static string Yaml(string layer) => $$"""
        epochs: 1
        batch: { size: 24, shards: 4 }
        network: { layers: [{ type: dense, units: 6 }, {{layer}}, { type: dense, units: 4 }] }
        """;

    public sealed record SquaredReluLayer : ActivationLayer
    {
        public override bool IsMonotone => true;

        public override void Forward(Span<float> z)
        {
            foreach (ref var value in z) value = value > 0 ? value * value : 0;
        }

        public override void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da)
        {
            for (var i = 0; i < da.Length; i++) da[i] *= 2 * MathF.Sqrt(a[i]);
        }

        public override double Value(double z) => z > 0 ? z * z : 0;

        public override double Derivative(double z) => z > 0 ? 2 * z : 0;
    }

    /// <summary>A layer with a stage and a kernel of its own.</summary>
    public sealed record ReversalLayer : LayerDefinition
    {
        [Option("Factor of every feature", Min = 0, AboveMin = true, Max = 1)]
        public double Factor { get; init; } = 1;

        public override LayerPlace Place(LayerContext here) =>
            here.IsFlat ? Makes(here, here.Shape) : Refuses(here, "reversal reads features");

        public override void Build(NetworkBuilder network, LayerPlace place)
        {
            var (weight, bias) = network.UnitRows(place.Path, 0, hasBias: false);
            network.Push(new ReversalStage(weight, bias, network.Site, network.Next(network.Site.Units), (float)Factor));
        }
    }

    private sealed record ReversalStage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, float Factor)
        : Stage(Weight, Bias, Input, Output), IKernelSource
    {
        public override bool RowsAreUnits => false;

        public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

        private sealed class Kernel(ReversalStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
        {
            public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining) => Reverse(x, Output.Span, batch);

            protected override void BackwardLinear(
                ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
            {
                if (!dx.IsEmpty) Reverse(dz, dx, batch);
            }

            private void Reverse(ReadOnlySpan<float> from, Span<float> to, int batch)
            {
                for (var row = 0; row < batch; row++)
                    for (var i = 0; i < Inputs; i++)
                        to[(row * Inputs) + i] = stage.Factor * from[(row * Inputs) + Inputs - 1 - i];
            }
        }
    }
}
