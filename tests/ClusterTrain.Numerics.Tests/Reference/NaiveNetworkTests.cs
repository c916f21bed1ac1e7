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
        // A few directions, in which every element takes part, and some elements alone, the last of them among these.
        var random = new Random(values.Length);
        for (var i = 0; i < 4; i++)
        {
            var signs = Array.ConvertAll(gradient, slope => double.IsNaN(slope) ? 0 : (2 * random.Next(2)) - 1.0);
            var length = Math.Sqrt(signs.Count(sign => sign != 0));
            AssertSlope(Array.ConvertAll(signs, sign => sign / length));
        }

        for (var i = values.Length - 1; i >= 0; i -= Math.Max(7, values.Length / 16))
        {
            if (double.IsNaN(gradient[i])) continue;
            var direction = new double[values.Length];
            direction[i] = 1;
            AssertSlope(direction);
        }

        void AssertSlope(double[] direction)
        {
            double[] old = [.. values];
            double At(double distance)
            {
                for (var i = 0; i < values.Length; i++) values[i] = old[i] + (distance * direction[i]);
                return loss();
            }

            var slope = (At(Step) - At(-Step)) / (2 * Step);
            old.CopyTo(values, 0);
            Assert.Equal(slope, gradient.Zip(direction, (g, d) => d == 0 ? 0 : g * d).Sum(), 1e-6);
        }
    }
}
