using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

/// <summary>Inverted dropout by its definition, seen through replicas.</summary>
public sealed class DropoutTests
{
    private static readonly float[] Example = [10, 25, 5, 40, 15];

    [Fact]
    public void Forward_TheExampleOfTheDefinition_DividesKeptByKeep()
    {
        var (network, parameters) = Identity(0.4, hidden: false);
        var mask = new ReplicaMask(network).Set([[0, 1, 3], [0, 1, 2, 3, 4]]);
        var replica = Bind(network, parameters, mask);

        var y = replica.Forward([10, 25, 40], 1).ToArray();

        float[] expected = [16.67f, 41.67f, 0, 66.67f, 0];
        Assert.All(expected.Zip(y), pair => Assert.Equal(pair.First, pair.Second, 0.005f));
    }

    [Theory]
    [InlineData(false, 0.4)]
    [InlineData(true, 0.4)]
    [InlineData(true, 0.75)]
    public void Forward_MasksOfShards_KeepTheExpectation(bool hidden, double rate)
    {
        const int Draws = 4000;
        var (network, parameters) = Identity(rate, hidden);
        var mask = new ReplicaMask(network);
        var replica = new Replica(network, new ManagedProducts(), 1);
        var sums = new double[5];
        for (var step = 0; step < Draws; step++)
        {
            replica.Bind(parameters, mask.Draw(1, step, 0));
            Add(replica.Forward(Masks.Cut(mask.Inputs, Example, 1), 1), sums);
        }

        AssertExpectation(sums, Draws, rate);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_MasksOfExamples_KeepTheExpectation(bool hidden)
    {
        const int Draws = 4000;
        var (network, parameters) = Identity(0.4, hidden);
        var masks = new ExampleMasks(network, Draws);
        masks.Draw(network, 1, 0, 0, Draws);
        var replica = new Replica(network, new ManagedProducts(), Draws);
        replica.Bind(parameters, new ReplicaMask(network).Fill(), masks);
        var y = replica.Forward([.. Enumerable.Repeat(Example, Draws).SelectMany(row => row)], Draws);
        var sums = new double[5];
        for (var row = 0; row < Draws; row++)
            Add(y.Slice(row * 5, 5), sums);

        AssertExpectation(sums, Draws, 0.4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_DroppedUnits_IsExactlyZero(bool relu)
    {
        var random = new Random(5);
        var sample = new Sample(random, Sample.Mlp([(12, 0.3), (10, 0.5)], 4, relu), 6);
        var mask = new ReplicaMask(sample.Network).Draw(1, 2, 3);
        var run = sample.Run(sample.Bind(new ManagedProducts(), mask), mask, Masks.Cut(mask.Inputs, sample.Rows, 6));
        var gradient = Masks.Scatter(mask, run.Gradient);
        var (first, second) = (sample.Network.Stages[0], sample.Network.Stages[1]);
        var dropped = Enumerable.Range(0, 10).Except(mask[first.Output].Indices.ToArray()).ToArray();

        Assert.NotEmpty(dropped);
        foreach (var unit in dropped)
        {
            Assert.All(gradient.AsSpan(first.Weight.Offset + (unit * 12), 12).ToArray(), value => Assert.Equal(0f, value));
            Assert.Equal(0f, gradient[first.Bias.Offset + unit]);
            for (var output = 0; output < 4; output++)
                Assert.Equal(0f, gradient[second.Weight.Offset + (output * 10) + unit]);
        }

        // And by its own chain rule a kept one is not.
        Assert.Contains(gradient, value => value != 0);
        Assert.Equal(dropped.Length == 10, run.InputGradient.All(value => value == 0));
    }

    [Fact]
    public void Forward_Inference_SameBitsEachTimeAndNoScaling()
    {
        var sample = new Sample(new Random(6), Sample.Mlp([(12, 0.3), (10, 0.5)], 4), 6);
        var plain = new Sample(new Random(6), Sample.Mlp([(12, 0), (10, 0)], 4), 6);
        var replica = sample.Full();
        var first = replica.Forward(sample.Rows, 6).ToArray();

        Bits.AssertEqual(first, replica.Forward(sample.Rows, 6), "same replica");
        Bits.AssertEqual(first, sample.Full().Forward(sample.Rows, 6), "another replica");
        Bits.AssertEqual(first, plain.Full().Forward(plain.Rows, 6), "a network without dropout");
    }

    [Fact]
    public void Average_AllMasksOfALinearNetwork_IsTheFullNetwork()
    {
        var sample = new Sample(new Random(7), Sample.Mlp([(4, 0.25), (5, 0.5)], 3, relu: false), 2);

        Close.AssertEqual(
            AverageOverAllMasks(sample), sample.Full().Forward(sample.Rows, 2), 1e-5, "weight scaling");
    }

    [Fact]
    public void Average_AllMasksOfAReluNetwork_IsOnlyNearTheFullNetwork()
    {
        // Weight scaling is an approximation once units are not linear: the test above would notice a wrong average.
        var sample = new Sample(new Random(7), Sample.Mlp([(4, 0.25), (5, 0.5)], 3), 2);
        var average = AverageOverAllMasks(sample);
        var difference = average.Zip(sample.Full().Forward(sample.Rows, 2).ToArray(), (a, b) => Math.Abs(a - b)).Max();

        Assert.InRange(difference, 1e-4, 0.5);
    }

    private static double[] AverageOverAllMasks(Sample sample)
    {
        var (inputs, hidden) = (sample.Network.Sites[0], sample.Network.Sites[1]);
        var mask = new ReplicaMask(sample.Network);
        var average = new double[sample.Batch * sample.Network.Outputs];
        for (var bits = 0; bits < 1 << (inputs.Units + hidden.Units); bits++)
        {
            int[] Kept(UnitSite site, int shift) =>
                [.. Enumerable.Range(0, site.Units).Where(unit => (bits >> (shift + unit) & 1) == 1)];
            double Probability(UnitSite site, int kept) =>
                Math.Pow(1 - site.Rate, kept) * Math.Pow(site.Rate, site.Units - kept);
            int[] keptInputs = Kept(inputs, 0), keptHidden = Kept(hidden, inputs.Units);
            mask.Set([keptInputs, keptHidden, [.. Enumerable.Range(0, sample.Network.Outputs)]]);
            var logits = sample.Bind(new NaiveProducts(), mask)
                .Forward(Masks.Cut(mask.Inputs, sample.Rows, sample.Batch), sample.Batch);
            var probability = Probability(inputs, keptInputs.Length) * Probability(hidden, keptHidden.Length);
            for (var i = 0; i < average.Length; i++)
                average[i] += probability * logits[i];
        }

        return average;
    }

    /// <summary>5 inputs that come out as they went in, dropped on the way at the inputs or at a hidden layer.</summary>
    private static (Network Network, float[] Parameters) Identity(double rate, bool hidden)
    {
        var network = hidden ? Sample.Mlp([(5, 0), (5, rate)], 5) : Sample.Mlp([(5, rate)], 5);
        var parameters = new float[network.ParameterCount];
        foreach (var stage in network.Stages)
        {
            for (var unit = 0; unit < 5; unit++)
                parameters[stage.Weight.Offset + (unit * 6)] = 1;
        }

        return (network, parameters);
    }

    private static Replica Bind(Network network, float[] parameters, ReplicaMask mask)
    {
        var replica = new Replica(network, new ManagedProducts(), 1);
        replica.Bind(parameters, mask);
        return replica;
    }

    private static void Add(ReadOnlySpan<float> values, double[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] += values[i];
    }

    private static void AssertExpectation(double[] sums, int draws, double rate)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            var error = Example[i] * Math.Sqrt(rate / (1 - rate) / draws);
            Assert.InRange(sums[i] / draws, Example[i] - (4 * error), Example[i] + (4 * error));
        }
    }
}
