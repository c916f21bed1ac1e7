using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class CoadaptationTests
{
    private const int Rows = 40;

    // A unit, its double, its mirror image (all before zero, so that the ReLU cuts none) and a constant.
    [Fact]
    public void Measure_CopiesMirrorAndConstant_AreFullyCorrelatedAndLeftOut()
    {
        var context = Context([new DenseLayer { Units = 4 }, new ReluLayer(), new DenseLayer { Units = 4 }]);
        var weights = new float[4 * 12];
        (weights[0], weights[12], weights[24]) = (1, 2, -1);
        float[] bias = [0, 5, 3, 7];

        var layer = Assert.Single(Coadaptation.Measure(context, State(context, [.. weights, .. bias]), Rows));

        Assert.Equal((0, 4, 1), (layer.Layer, layer.Units, layer.ConstantUnits));
        Assert.Equal(1, layer.MeanCorrelation!.Value, 1e-5);
    }

    [Fact]
    public void Measure_OneVaryingUnit_HasNoCorrelation()
    {
        var context = Context([new DenseLayer { Units = 2 }, new ReluLayer(), new DenseLayer { Units = 4 }]);
        var weights = new float[2 * 12];
        weights[0] = 1;

        var layer = Assert.Single(Coadaptation.Measure(context, State(context, [.. weights, 0, 0]), Rows));

        Assert.Equal(new LayerCorrelation(0, 2, 1, null), layer);
    }

    [Theory]
    [InlineData("plain", 2)]
    [InlineData("cnn", 3)]
    public void Measure_DrawnNetwork_IsTheDefinition(string name, int hidden)
    {
        var context = TinyRuns.Context(name);
        var state = RunState.Initial(context.Plan).Model;
        var replica = new Replica(state.Network, new NaiveProducts(), Rows);
        replica.Bind(state.Current.Parameters, new ReplicaMask(state.Network).Fill());
        replica.Forward(context.Data.Test.Inputs.Span[..(Rows * 12)], Rows);

        var layers = Coadaptation.Measure(context, state, Rows);

        Assert.Equal(hidden, layers.Count);
        foreach (var (stage, layer) in layers.Index())
        {
            var site = state.Network.Stages[stage].Output;
            Assert.Equal(site.Units, layer.Units);
            var expected = Expected(replica.Activations(stage, Rows).ToArray(), site.Units, site.Area, out var constant);
            Assert.Equal(constant, layer.ConstantUnits);
            Assert.Equal(expected, layer.MeanCorrelation!.Value, 1e-5);
            Assert.InRange(expected, 0.02, 0.98);
        }

        Assert.Equal(layers.Select(layer => layer.Layer), state.Network.Stages.SkipLast(1).Select(stage => int.Parse(stage.Weight.Name.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Measure_ResidualNetwork_NamesLayersInsideOthers()
    {
        var context = TinyRuns.Context("resnet-example-masks");

        var layers = Coadaptation.Measure(context, RunState.Initial(context.Plan).Model, Rows);

        Assert.Equal(["2.main.0", "2.main.3", "3", "5.main.3", "5.shortcut.0", "5", "12"], layers.Select(layer => layer.Path));
        Assert.Equal([2, 2, 3, 5, 5, 5, 12], layers.Select(layer => layer.Layer));
    }

    /// <summary>Pearson's correlation as in textbooks, pair by pair.</summary>
    private static double Expected(float[] values, int units, int area, out int constant)
    {
        var samples = Enumerable.Range(0, units)
            .Select(unit => (from row in Enumerable.Range(0, Rows) from at in Enumerable.Range(0, area) select (double)values[(((row * units) + unit) * area) + at]).ToArray())
            .ToList();
        constant = samples.RemoveAll(unit => unit.Distinct().Count() == 1);
        var pairs = from i in Enumerable.Range(0, samples.Count) from j in Enumerable.Range(0, i) select Math.Abs(Correlation(samples[i], samples[j]));
        return pairs.Average();
    }

    private static double Correlation(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / Math.Sqrt(x.Sum(a => (a - mx) * (a - mx)) * y.Sum(b => (b - my) * (b - my)));
    }

    private static RunContext Context(LayerDefinition[] layers) =>
        TinyRuns.Context(TinyRuns.Plain with { Network = new NetworkSpec { Layers = layers } });

    /// <summary>The first layer's parameters as given, the others zero.</summary>
    private static ModelState State(RunContext context, float[] first)
    {
        var network = context.Plan.Network;
        var parameters = new AlignedBuffer(network.ParameterCount);
        first.CopyTo(parameters.Span);
        return ModelState.Restore(network, 0, parameters, parameters.Copy(), [.. Enumerable.Range(0, context.Plan.Rule.Moments).Select(_ => new AlignedBuffer(network.ParameterCount))]);
    }
}
