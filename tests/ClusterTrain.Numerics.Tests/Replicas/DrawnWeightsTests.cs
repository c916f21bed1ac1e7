using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

/// <summary>DropConnect and noise on weights: what is drawn, that it keeps the expectation, and that backward knows of it.</summary>
public sealed class DrawnWeightsTests
{
    private const double Rate = 0.4;

    private static readonly Network Connected = Network.Build(
        12,
        [
            new DropConnectLayer { Rate = Rate }, new DenseLayer { Units = 9 }, new TanhLayer(),
            new DropoutLayer { Rate = 0.3 }, new DropConnectLayer { Rate = 0.2 }, new DenseLayer { Units = 4 },
        ]);

    [Fact]
    public void Gradient_DropConnect_IsThatOfTheNetworkWithTheDrawnWeights()
    {
        var random = new Random(501);
        for (var step = 0; step < 20; step++)
        {
            var sample = new Sample(random, Connected, 7);
            var (mask, draw) = (new ReplicaMask(Connected).Draw(1, step, 0), new WeightDraw(1, step, 0, 0));
            var factors = Factors(mask, draw);
            double[] drawn = [.. sample.Parameters.Zip(factors, (value, factor) => value * factor)];
            var naive = new NaiveNetwork(Connected, drawn).Run(
                Masks.ToDouble(sample.Rows), sample.Labels, Masks.Factors(mask, 7), 0.1, 1.0 / 7);
            var replica = new Replica(Connected, new ManagedProducts(), 7);
            replica.Bind(sample.Parameters, mask, draw: draw);
            var run = sample.Run(replica, mask, Masks.Cut(mask.Inputs, sample.Rows, 7), 0.1f);

            Close.AssertEqual(naive.Logits, run.Logits, 1e-5, "logits");
            Close.AssertEqual(naive.Losses, run.Losses, 1e-5, "losses");
            Close.AssertEqual(
                [.. naive.Gradient.Zip(factors, (slope, factor) => slope * factor)], Masks.Scatter(mask, run.Gradient), 1e-5, "gradient");
        }
    }

    [Fact]
    public void Forward_DropConnectOfALinearNetwork_KeepsTheExpectation()
    {
        var network = Network.Build(10, [new DropConnectLayer { Rate = Rate }, new DenseLayer { Units = 3 }]);
        var sample = new Sample(new Random(503), network, 1);
        var (full, expected) = (sample.Full(), sample.Full().Forward(sample.Rows, 1).ToArray());
        var draws = Enumerable.Range(0, 4000).Select(step =>
        {
            full.Bind(sample.Parameters, new ReplicaMask(network).FillForTraining(), draw: new WeightDraw(2, step, 0, 0));
            return full.Forward(sample.Rows, 1).ToArray();
        }).ToList();

        for (var j = 0; j < expected.Length; j++) AssertMean(expected[j], [.. draws.Select(draw => (double)draw[j])]);
    }

    [Fact]
    public void Fill_DropConnect_DropsAtItsRateAndScalesTheRest()
    {
        var factors = Factors(new ReplicaMask(Connected).FillForTraining(), new WeightDraw(3, 5, 1, 0)).Take(12 * 9).ToArray();
        var values = Enumerable.Range(0, 40).SelectMany(step =>
            Factors(new ReplicaMask(Connected).FillForTraining(), new WeightDraw(3, step, 1, 0)).Take(12 * 9)).ToArray();

        Assert.All(factors, factor => Assert.True(factor is 0 || Math.Abs(factor - (1 / (1 - Rate))) < 1e-6));
        var dropped = values.Count(value => value == 0);
        var spread = 4 * Math.Sqrt(values.Length * Rate * (1 - Rate));
        Assert.InRange(dropped, (values.Length * Rate) - spread, (values.Length * Rate) + spread);
    }

    [Fact]
    public void Fill_Noise_HasMeanZeroAndTheStatedDeviation()
    {
        const double Deviation = 0.25;
        var noise = Enumerable.Range(0, 60).SelectMany(step => Noise(new WeightDraw(4, step, 2, Deviation))).ToArray();

        AssertMean(0, noise);
        AssertMean(Deviation * Deviation, [.. noise.Select(value => value * value)]);
        Assert.InRange(noise.Max(), 2.5 * Deviation, 6 * Deviation);
    }

    [Fact]
    public void Fill_SameKey_IsTheSameDraw_OtherStepOrShardAnother()
    {
        var first = Noise(new WeightDraw(4, 7, 2, 0.1));

        Assert.Equal(first, Noise(new WeightDraw(4, 7, 2, 0.1)));
        Assert.NotEqual(first, Noise(new WeightDraw(4, 8, 2, 0.1)));
        Assert.NotEqual(first, Noise(new WeightDraw(4, 7, 3, 0.1)));
        Assert.NotEqual(first, Noise(new WeightDraw(5, 7, 2, 0.1)));
    }

    // What each parameter is multiplied by, 0 also where it was cut out.
    private static double[] Factors(ReplicaMask mask, WeightDraw draw)
    {
        var cut = new float[mask.ParameterCount];
        foreach (var stage in Connected.Stages.OfType<DenseStage>())
        {
            var (at, length) = (mask.WeightOffset(stage), mask.WeightLength(stage));
            var drawn = new DrawnWeights(stage);
            drawn.Fill(Enumerable.Repeat(1f, stage.Weight.Length).ToArray(), mask[stage.Output], mask[stage.Input], draw);
            drawn.Matrix(1, length).Data[..length].CopyTo(cut.AsSpan(at));
            cut.AsSpan(at + length, mask.BiasLength(stage)).Fill(1f);
        }

        return Masks.ToDouble(Masks.Scatter(mask, cut));
    }

    private static double[] Noise(WeightDraw draw)
    {
        var network = Network.Build(30, [new DenseLayer { Units = 20 }]);
        var (stage, mask) = (network.Stages[0], new ReplicaMask(network));
        var drawn = new DrawnWeights(stage);
        drawn.Fill(new float[stage.Weight.Length], mask[stage.Output], mask[stage.Input], draw);
        return Masks.ToDouble(drawn.Matrix(20, 30).Data[..600].ToArray());
    }

    private static void AssertMean(double expected, double[] values)
    {
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        Assert.InRange(mean, expected - (4 * error), expected + (4 * error));
    }
}
