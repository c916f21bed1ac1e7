using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The reference itself against what cannot be wrong the same way: differences of its own losses.</summary>
public sealed class NaiveNetworkTests
{
    private const double Step = 1e-6;

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Gradient_RandomNetworksAndMasks_IsTheFiniteDifferenceOfTheLoss(double smoothing)
    {
        var random = new Random(101);
        for (var i = 0; i < 12; i++)
        {
            var sample = Sample.Draw(random);
            var factors = Masks.Factors(new ReplicaMask(sample.Network).Draw(3, i, 0), sample.Batch);
            AssertDerivatives(sample, factors, smoothing);
        }
    }

    [Fact]
    public void Gradient_RandomConvolutionsAndMasks_IsTheFiniteDifferenceOfTheLoss()
    {
        var random = new Random(107);
        for (var i = 0; i < 12; i++)
        {
            var sample = Sample.DrawCnn(random);
            AssertDerivatives(sample, Masks.Factors(new ReplicaMask(sample.Network).Draw(3, i, 0), sample.Batch), 0.1);
        }
    }

    [Fact]
    public void Gradient_RandomStacks_IsTheFiniteDifferenceOfTheLoss()
    {
        var random = new Random(109);
        for (var i = 0; i < 24; i++)
        {
            var sample = Sample.DrawStack(random);
            AssertDerivatives(sample, Masks.Factors(new ReplicaMask(sample.Network).Draw(3, i, 0), sample.Batch), 0.1);
        }
    }

    [Fact]
    public void Gradient_RandomTrees_IsTheFiniteDifferenceOfTheLoss()
    {
        var random = new Random(111);
        for (var i = 0; i < 5; i++)
        {
            var sample = Trees.Draw(random);
            AssertDerivatives(sample, Masks.Factors(new ReplicaMask(sample.Network).Draw(3, i, 0), sample.Batch), 0.1);
        }
    }

    [Fact]
    public void Gradient_MasksOfEachExample_IsTheFiniteDifferenceOfTheLoss()
    {
        var random = new Random(103);
        for (var i = 0; i < 12; i++)
        {
            var sample = Sample.Draw(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 5, i, 0, sample.Batch);
            AssertDerivatives(sample, Masks.Factors(masks, sample.Network, sample.Batch), 0.05);
        }
    }

    private static void AssertDerivatives(Sample sample, double[]?[] factors, double smoothing)
    {
        double[] parameters = Masks.ToDouble(sample.Parameters), rows = Masks.ToDouble(sample.Rows);
        var network = new NaiveNetwork(sample.Network, parameters);
        var run = network.Run(rows, sample.Labels, factors, smoothing);
        double Loss() => network.Run(rows, sample.Labels, factors, smoothing).Losses.Sum();

        // Running statistics take no part in training; what stands in their place is no derivative.
        foreach (var tensor in sample.Network.Tensors.Where(tensor => tensor.IsStatistic))
            run.Gradient.AsSpan(tensor.Offset, tensor.Length).Fill(double.NaN);
        AssertDerivative(parameters, run.Gradient, Loss);
        AssertDerivative(rows, run.InputGradient, Loss);
    }

    private static void AssertDerivative(double[] values, double[] gradient, Func<double> loss)
    {
        // Not every element of a large tensor: every seventh, and the last.
        for (var i = values.Length - 1; i >= 0; i -= 7)
        {
            if (double.IsNaN(gradient[i])) continue;
            var old = values[i];
            values[i] = old + Step;
            var above = loss();
            values[i] = old - Step;
            var below = loss();
            values[i] = old;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-6);
        }
    }
}
